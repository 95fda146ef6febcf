-- SPDX-License-Identifier: Apache-2.0
-- init.lua - a Neovim with nothing but this plug-in.
local here = debug.getinfo(1, "S").source:sub(2):match("(.*)/")
vim.opt.runtimepath:prepend(vim.fn.fnamemodify(here, ":h"))
