-- SPDX-License-Identifier: Apache-2.0
-- commands.lua - what :Relight and the <Plug> maps do; each works on the current buffer.
local client = require("relight.client")
local compat = require("relight.compat")
local float = require("relight.float")
local state = require("relight.state")

local M = {}

local function tell(message)
  vim.notify("relight: " .. message, vim.log.levels.WARN)
end

local function here()
  local buffer = vim.api.nvim_get_current_buf()
  return buffer, state.block_at(buffer, vim.api.nvim_win_get_cursor(0)[1] - 1)
end

local function on_block(act)
  return function()
    local buffer, block = here()
    if block then
      act(buffer, block)
    else
      tell("there is no block under the cursor that has been run (:Relight live)")
    end
  end
end

local function plain(name)
  return function()
    client.execute(name, vim.api.nvim_get_current_buf())
  end
end

M.live = function()
  client.go_live(vim.api.nvim_get_current_buf())
end
M.run = plain("run")
M.run_all = plain("runAll")
M.restart = plain("restart")
M.interrupt = plain("interrupt")
M.pin = plain("pin")
M.clear_cache = plain("clearCache")

M.run_block = on_block(function(buffer, block)
  client.execute("runBlock", buffer, { block.id })
end)

M.explain = on_block(function(buffer, block)
  client.execute("explain", buffer, { block.id }, function(markdown)
    if type(markdown) == "string" and markdown ~= "" then
      float.markdown(markdown)
    end
  end)
end)

M.show = on_block(function(_, block)
  float.show(block)
end)

M.preview = function()
  client.execute("openPreview", vim.api.nvim_get_current_buf(), nil, function(answer)
    local address = type(answer) == "table" and (answer.url or answer.uri) or answer
    if type(address) == "string" then
      local _, why = compat.open(address)
      if why then
        tell(why)
      end
    end
  end)
end

M.log = function()
  vim.cmd("tabedit " .. vim.fn.fnameescape(vim.lsp.get_log_path()))
end

M.restart_server = function()
  client.restart_server()
end

function M.names()
  local names = {}
  for name in pairs(M) do
    if name ~= "names" and name ~= "dispatch" then
      table.insert(names, name)
    end
  end
  table.sort(names)
  return names
end

-- :Relight NAME
function M.dispatch(name)
  name = name == "" and "run" or name
  if vim.tbl_contains(M.names(), name) then
    M[name]()
  else
    tell(("there is no command '%s': one of %s"):format(name, table.concat(M.names(), ", ")))
  end
end

return M
