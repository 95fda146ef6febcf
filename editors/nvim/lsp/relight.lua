-- SPDX-License-Identifier: Apache-2.0
-- relight.lua - for Neovim 0.11's vim.lsp.enable("relight"): the plain server, without our drawings.
return {
  cmd = { "relight", "--stdio" },
  filetypes = { "python" },
  root_markers = { "pyproject.toml", "setup.py", "setup.cfg", ".git" },
}
