-- SPDX-License-Identifier: Apache-2.0
-- health.lua - :checkhealth relight
local client = require("relight.client")
local compat = require("relight.compat")

local M = {}

local report = vim.health or require("health")
local start = report.start or report.report_start
local ok = report.ok or report.report_ok
local warn = report.warn or report.report_warn
local error_ = report.error or report.report_error

local function check_editor()
  if vim.fn.has("nvim-0.7") == 1 then
    ok("Neovim is new enough")
  else
    error_("Neovim 0.7 or newer is needed")
  end
end

local function check_server()
  local cmd, why = client.command()
  if not cmd then
    error_(why)
    return
  end
  if vim.fn.executable(cmd[1]) == 0 then
    error_(("%s cannot be executed"):format(cmd[1]))
    return
  end
  local lines = vim.fn.systemlist({ cmd[1], "doctor" })
  local say = vim.v.shell_error == 0 and ok or error_
  say(cmd[1] .. " doctor:\n" .. table.concat(lines, "\n"))
end

local function check_attached()
  local clients = compat.clients(client.NAME)
  if #clients == 0 then
    warn("no server is running: open a Python file")
  end
  for _, c in ipairs(clients) do
    ok("a server is running for " .. tostring(c.config.root_dir))
  end
end

function M.check()
  start("relight")
  check_editor()
  check_server()
  check_attached()
end

return M
