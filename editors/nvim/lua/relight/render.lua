-- SPDX-License-Identifier: Apache-2.0
-- render.lua - a block's state on the screen: a sign, text at the end of its last line, and lines
-- below it.
local config = require("relight.config")
local marks = require("relight.marks")
local text = require("relight.text")

local M = {}

M.results = vim.api.nvim_create_namespace("relight-results")

local GROUPS = {
  queued = "RelightQueued",
  running = "RelightRunning",
  ok = "RelightOk",
  error = "RelightErrorSign",
  blocked = "RelightBlocked",
  held = "RelightHeld",
  stale = "RelightStale",
  syntaxError = "RelightErrorSign",
  skipped = "RelightStale",
  cached = "RelightStale",
}

-- { name, default link }; all can be overridden.
local HIGHLIGHTS = {
  RelightResult = "Comment",
  RelightOutput = "Comment",
  RelightStderr = "WarningMsg",
  RelightError = "DiagnosticError",
  RelightImage = "Directory",
  RelightMore = "NonText",
  RelightOld = "NonText",
  RelightOk = "DiagnosticHint",
  RelightErrorSign = "DiagnosticError",
  RelightBlocked = "DiagnosticWarn",
  RelightHeld = "DiagnosticWarn",
  RelightRunning = "DiagnosticInfo",
  RelightQueued = "NonText",
  RelightStale = "NonText",
  RelightAnsiBlack = "Comment",
  RelightAnsiRed = "DiagnosticError",
  RelightAnsiGreen = "String",
  RelightAnsiYellow = "WarningMsg",
  RelightAnsiBlue = "Function",
  RelightAnsiMagenta = "Statement",
  RelightAnsiCyan = "Special",
  RelightAnsiWhite = "Normal",
}

function M.define_highlights()
  for name, link in pairs(HIGHLIGHTS) do
    vim.api.nvim_set_hl(0, name, { link = link, default = true })
  end
end

local function is_old(status)
  return status == "stale" or status == "syntaxError" or status == "queued" or status == "running"
end

-- What is shown of an older text is dimmed: one look tells it from the new.
local function dim(chunks)
  return vim.tbl_map(function(chunk)
    return { chunk[1], "RelightOld" }
  end, chunks)
end

local function prefix(block)
  if block.status == "error" or block.status == "syntaxError" then
    return { "✗ ", "RelightError" }
  elseif block.status == "running" then
    return { "▸ ", "RelightRunning" }
  end
  return { "→ ", "RelightMore" }
end

-- Neovim shows diagnostics beside the text itself, unless that is turned off: once is enough.
local function is_diagnosed(block)
  local diagnosed = { error = true, syntaxError = true, blocked = true, held = true }
  return diagnosed[block.status] and vim.diagnostic.config().virtual_text
end

local function note(block)
  if block.status == "blocked" then
    local by = block.blocked_by_line and (" by line " .. block.blocked_by_line) or ""
    return { { "⊘ blocked" .. by, "RelightBlocked" } }
  elseif block.status == "held" then
    return { { "⏸ held: " .. (block.held or "runs when you save"), "RelightHeld" } }
  end
end

local function end_of_line(block, lines)
  local chunks = note(block)
  if not chunks then
    if #lines == 0 then
      return nil
    end
    chunks = vim.list_extend({ prefix(block) }, lines[1])
    if is_old(block.status) then
      chunks = dim(chunks)
    end
  end
  return text.cut(vim.list_extend({ { "  ", "Normal" } }, chunks), config.options.max_width)
end

local function below(block, lines)
  local most = config.options.max_lines
  local out = {}
  for i = 1, math.min(#lines, most) do
    local chunks = vim.list_extend({ { "  │ ", "RelightMore" } }, lines[i])
    table.insert(out, is_old(block.status) and dim(chunks) or chunks)
  end
  if #lines > most then
    local rest = ("  │ … %d more lines (:Relight show)"):format(#lines - most)
    table.insert(out, { { rest, "RelightMore" } })
  end
  return out
end

local function sign_of(block)
  local shown = block.origin == "cache" and block.status == "ok" and "cached" or block.status
  if shown == "ok" and not config.options.show_ok_sign then
    return nil
  end
  return config.options.signs[shown], GROUPS[shown]
end

-- Draw the block anew, or take its drawing away when its text is gone.
function M.draw(buffer, block)
  local first, last = marks.get(buffer, block)
  for _, id in ipairs(block.drawn or {}) do
    vim.api.nvim_buf_del_extmark(buffer, M.results, id)
  end
  block.drawn = {}
  if not first or block.kind == "prose" then
    return
  end
  local function add(row, options)
    table.insert(block.drawn, vim.api.nvim_buf_set_extmark(buffer, M.results, row, 0, options))
  end
  local sign, group = sign_of(block)
  if sign then
    add(first, { sign_text = sign, sign_hl_group = group, priority = 6 })
  end
  local remark = note(block)
  local lines = remark and {} or text.lines(block.outputs, is_diagnosed(block))
  if remark and is_diagnosed(block) then
    return
  end
  if #lines > 1 and config.options.max_lines > 0 then
    add(last, { virt_lines = below(block, lines) })
  else
    local chunks = end_of_line(block, lines)
    if chunks then
      add(last, { virt_text = chunks, virt_text_pos = "eol", hl_mode = "combine" })
    end
  end
end

function M.clear(buffer)
  vim.api.nvim_buf_clear_namespace(buffer, M.results, 0, -1)
end

return M
