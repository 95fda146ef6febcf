-- SPDX-License-Identifier: Apache-2.0
-- relight - keeps plain Python files alive while you edit them; see :help relight.
local client = require("relight.client")
local config = require("relight.config")
local state = require("relight.state")

local M = {}

-- Attach to Python files from now on, and to those that are open.
function M.setup(options)
  local opts = config.set(options)
  local group = vim.api.nvim_create_augroup("relight", { clear = true })
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = opts.filetypes,
    callback = function(event)
      client.attach(event.buf)
    end,
  })
  vim.api.nvim_create_autocmd("ColorScheme", {
    group = group,
    callback = require("relight.render").define_highlights,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.tbl_contains(opts.filetypes, vim.bo[buffer].filetype) then
      client.attach(buffer)
    end
  end
end

-- For a status line: "", "relight: off", "relight: 3/7", "relight: ok", "relight: 2 ✗ 1 ⊘".
function M.status(buffer)
  local summary = state.summary(buffer or vim.api.nvim_get_current_buf())
  if not summary then
    return ""
  elseif not summary.live then
    return "relight: off"
  elseif summary.left > 0 then
    return ("relight: %d/%d"):format(summary.total - summary.left, summary.total)
  end
  local parts = {}
  local function count(n, sign)
    if n > 0 then
      table.insert(parts, n .. " " .. sign)
    end
  end
  local signs = config.options.signs
  count((summary.error or 0) + (summary.syntaxError or 0), signs.error)
  count(summary.blocked or 0, signs.blocked)
  count(summary.held or 0, signs.held)
  count(summary.stale or 0, signs.stale)
  return "relight: " .. (#parts > 0 and table.concat(parts, " ") or "ok")
end

-- M.run(), M.run_block(), ...: see commands.lua.
return setmetatable(M, {
  __index = function(_, name)
    return require("relight.commands")[name]
  end,
})
