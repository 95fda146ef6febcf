-- SPDX-License-Identifier: Apache-2.0
-- config.lua - what setup() was told, with defaults for the rest.
local M = {}

M.defaults = {
  cmd = nil, -- the server's command line; nil: `relight --stdio`, found on the path
  filetypes = { "python" },
  root_markers = { "pyproject.toml", "setup.py", "setup.cfg", ".git", ".hg" },
  trusted = nil, -- may code be run?  nil: ask once for each folder; true, false, or function(root)
  settings = {}, -- as in docs/using.md: live, trigger, python, ...
  max_lines = 12, -- lines of a result under its block; 0: only at the end of the line
  max_width = 100, -- columns of a result at the end of the line
  signs = { queued = "·", running = "▸", ok = "✓", error = "✗", blocked = "⊘", held = "⏸", stale = "~",
    syntaxError = "✗", skipped = " ", cached = "≈" },
  show_ok_sign = false, -- a sign for blocks that are simply fine, too
  restarts = 3, -- how often a server that died is started again within three minutes
}

M.options = vim.deepcopy(M.defaults)

-- Complain about keys that mean nothing: a typing error there would go unnoticed.
local function check(options)
  for key in pairs(options) do
    local known = M.defaults[key] ~= nil or key == "cmd" or key == "trusted"
    if not known then
      vim.notify(("relight: setup() does not know the option '%s'"):format(key), vim.log.levels.WARN)
    end
  end
end

function M.set(options)
  check(options or {})
  M.options = vim.tbl_deep_extend("force", vim.deepcopy(M.defaults), options or {})
  return M.options
end

return M
