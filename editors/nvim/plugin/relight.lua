-- SPDX-License-Identifier: Apache-2.0
-- relight.lua - the command and the maps; nothing is loaded until one of them is used.
if vim.g.loaded_relight or vim.fn.has("nvim-0.7") == 0 then
  return
end
vim.g.loaded_relight = true

vim.api.nvim_create_user_command("Relight", function(call)
  require("relight.commands").dispatch(call.args)
end, {
  nargs = "?",
  desc = "Relight: run this file's blocks; :help :Relight",
  complete = function(lead)
    return vim.tbl_filter(function(name)
      return vim.startswith(name, lead)
    end, require("relight.commands").names())
  end,
})

local maps = {
  "live", "run", "run_all", "run_block", "interrupt", "restart", "preview", "explain", "show", "pin",
}
for _, name in ipairs(maps) do
  vim.keymap.set("n", ("<Plug>(relight-%s)"):format((name:gsub("_", "-"))), function()
    require("relight.commands").dispatch(name)
  end, { desc = "Relight: " .. name:gsub("_", " ") })
end
