-- SPDX-License-Identifier: Apache-2.0
-- trust.lua - which folders' code may be run.
--
-- The answer to "may it?" is asked once for each folder and kept in a file of the user's.
local compat = require("relight.compat")
local config = require("relight.config")

local M = {}

local function store()
  return compat.joined(vim.fn.stdpath("data"), "relight-trusted.json")
end

local function load()
  local ok, lines = pcall(vim.fn.readfile, store())
  local decoded, roots = pcall(vim.fn.json_decode, ok and table.concat(lines, "\n") or "{}")
  return decoded and type(roots) == "table" and roots or {}
end

function M.remember(root)
  local roots = load()
  roots[root] = true
  vim.fn.mkdir(vim.fn.stdpath("data"), "p")
  vim.fn.writefile({ vim.fn.json_encode(roots) }, store())
end

-- true, false, or nil when the user has to be asked.
function M.of(root)
  local given = config.options.trusted
  if type(given) == "function" then
    return given(root) and true or false
  elseif given ~= nil then
    return given
  end
  return load()[root]
end

-- Ask; true when the user says yes.
function M.ask(root)
  local question = ("Relight executes the code of files that you make live.\nMay it, in %s?"):format(root)
  if vim.fn.confirm(question, "&Yes, always\n&No", 2, "Question") ~= 1 then
    return false
  end
  M.remember(root)
  return true
end

return M
