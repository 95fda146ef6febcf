-- SPDX-License-Identifier: Apache-2.0
-- suite.lua - what the plug-in does, seen on the screen.
local here = debug.getinfo(1, "S").source:sub(2):match("(.*)/")
package.path = here .. "/?.lua;" .. package.path
local H = require("harness")
local cases = {}

cases["results stand after their blocks"] = function()
  H.setup()
  local buffer = H.open("a.py", "x = 2\n\nx + 40\n\nprint('hello')")
  H.go_live(buffer)
  local row, line = H.row_of("→ 42")
  H.equal(row, 3)
  H.equal(line:match("x %+ 40"), "x + 40")
  H.equal((H.row_of("→ hello")), 5)
end

cases["an edit changes what rests on it, and nothing else"] = function()
  H.setup()
  local buffer = H.open("a.py", "x = 2\n\nx + 40\n\nimport time; time.time_ns()")
  H.go_live(buffer)
  local before = H.screen()[5]
  H.type(1, "x = 3")
  H.wait_row("→ 43")
  H.wait_quiet(buffer)
  H.equal(H.screen()[5], before)
end

cases["results move with the text"] = function()
  H.setup()
  local buffer = H.open("a.py", "x = 2\n\nx + 40")
  H.go_live(buffer)
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { "# a remark", "" })
  H.equal((H.row_of("→ 42")), 5)
  H.wait_quiet(buffer)
  H.equal((H.row_of("→ 42")), 5)
  vim.api.nvim_buf_set_lines(0, 4, 5, false, { "(x", "  + 41)" })
  H.equal((H.wait_row("→ 43")), 6)
end

cases["undo and redo bring the results along"] = function()
  H.setup()
  local buffer = H.open("a.py", "x = 2\n\nx + 40")
  H.go_live(buffer)
  H.type(1, "x = 5")
  H.wait_row("→ 45")
  vim.cmd("undo")
  H.wait_row("→ 42")
  vim.cmd("redo")
  H.wait_row("→ 45")
end

cases["several lines stand below the block"] = function()
  H.setup({ max_lines = 3 })
  local buffer = H.open("a.py", "for i in range(5): print('line', i)\n\ny = 1")
  H.go_live(buffer)
  H.equal((H.row_of("│ line 0")), 2)
  H.equal((H.row_of("│ line 2")), 4)
  H.equal((H.row_of("… 2 more lines (:Relight show)")), 5)
  H.equal((H.row_of("y = 1")), 7)
end

cases["an error is shown, diagnosed, and goes away"] = function()
  H.setup()
  local buffer = H.open("a.py", "x = 0\n\n1 / x\n\nz = 1 / x\n\nz")
  H.go_live(buffer)
  H.wait_row("✗ ZeroDivisionError")
  H.wait_row("⊘ blocked")
  H.wait("diagnostics", function()
    return #vim.diagnostic.get(buffer) >= 2
  end)
  H.equal(vim.diagnostic.get(buffer)[1].source, "relight")
  H.type(1, "x = 1")
  H.wait_no_row("ZeroDivisionError")
  H.wait_no_row("blocked")
  H.wait("no diagnostics", function()
    return #vim.diagnostic.get(buffer) == 0
  end)
end

cases["what diagnostics show is not shown twice"] = function()
  vim.diagnostic.config({ virtual_text = true })
  H.setup()
  H.go_live(H.open("a.py", "print('before')\n1 / 0"))
  H.wait_row("ZeroDivisionError: division by zero")
  local _, line = H.row_of("ZeroDivisionError")
  H.equal(select(2, line:gsub("ZeroDivisionError", "")), 1)
  H.equal((H.row_of("✗ before")), 2)
end

cases["a half written line keeps the other results"] = function()
  H.setup()
  local buffer = H.open("a.py", "x = 2\n\nx + 40\n\n'other'")
  H.go_live(buffer)
  H.type(3, "x + (40")
  H.wait("the syntax error", function()
    return #vim.diagnostic.get(buffer) == 1
  end)
  H.equal((H.row_of("→ 'other'")), 5)
  H.type(3, "x + (40)")
  H.wait_row("→ 42")
end

cases["a deleted block takes its result along"] = function()
  H.setup()
  local buffer = H.open("a.py", "'first'\n\n'second'\n\n'third'")
  H.go_live(buffer)
  vim.api.nvim_buf_set_lines(0, 2, 4, false, {})
  H.wait_no_row("→ 'second'")
  H.equal((H.row_of("→ 'third'")), 3)
end

cases["output comes while the block runs, and interrupt ends it"] = function()
  H.setup()
  local buffer = H.open("a.py", "import time\nprint('begun', flush=True)\nwhile True: time.sleep(0.01)")
  H.wait_attached(buffer)
  vim.cmd("Relight live")
  H.wait_row("▸ begun")
  H.wait("the running state", function()
    return (vim.b[buffer].relight or {}).running == 1
  end)
  H.equal(require("relight").status(), "relight: 0/1")
  vim.cmd("Relight interrupt")
  H.wait_row("KeyboardInterrupt")
end

cases["commands reach the block under the cursor"] = function()
  H.setup()
  local buffer = H.open("a.py", "import time\n\ntime.perf_counter_ns()\n\n'still'")
  H.go_live(buffer)
  local before = H.screen()[3]
  vim.api.nvim_win_set_cursor(0, { 3, 0 })
  vim.cmd("Relight run_block")
  H.wait("another number", function()
    return H.row_of("→ ") and H.screen()[3] ~= before
  end)
  vim.cmd("Relight explain")
  H.wait("the window", function()
    return #vim.api.nvim_list_wins() == 2
  end)
end

cases["show opens the whole result"] = function()
  H.setup({ max_lines = 2 })
  local buffer = H.open("a.py", "for i in range(9): print(i * 1111)")
  H.go_live(buffer)
  vim.cmd("Relight show")
  local window = vim.tbl_filter(function(w)
    return vim.api.nvim_win_get_config(w).relative ~= ""
  end, vim.api.nvim_list_wins())[1]
  local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
  H.equal({ #lines, lines[9] }, { 9, "8888" })
end

cases["restart runs everything in a fresh interpreter"] = function()
  H.setup()
  local buffer = H.open("a.py", "import os\n\nos.getpid()")
  H.go_live(buffer)
  local before = H.screen()[3]
  vim.cmd("Relight restart")
  H.wait("another process", function()
    return H.row_of("→ ") and H.screen()[3] ~= before
  end)
end

cases["buffers do not share results"] = function()
  H.setup()
  local a = H.open("a.py", "str('from a')")
  H.go_live(a)
  local b = H.open("b.py", "str('from b')")
  H.go_live(b)
  H.wait_row("→ 'from b'")
  vim.cmd("buffer " .. a)
  H.equal((H.row_of("→ 'from b'")), nil)
  H.equal((H.row_of("→ 'from a'")), 1)
  vim.cmd("bdelete! " .. b)
  H.type(1, "str('still a')")
  H.wait_row("→ 'still a'")
end

cases["a killed server is started again and the file is live again"] = function()
  H.setup()
  local buffer = H.open("a.py", "x = 2\n\nx + 40")
  H.go_live(buffer)
  local before = require("relight.client").of(buffer).id
  vim.fn.system({ "pkill", "-9", "-f", H.server .. " --stdio" })
  H.wait("another client", function()
    local client = require("relight.client").of(buffer)
    return client and client.id ~= before and client.initialized
  end)
  H.wait_row("→ 42")
  H.type(1, "x = 3")
  H.wait_row("→ 43")
end

cases["nothing runs before the user allows it"] = function()
  H.setup({ trusted = false })
  local buffer = H.open("a.py", "open('" .. H.scratch .. "/ran', 'w').close()")
  H.wait_attached(buffer)
  vim.cmd("Relight live")
  H.wait("the refusal", function()
    return #H.messages > 0
  end)
  H.equal(vim.loop.fs_stat(H.scratch .. "/ran"), nil)
end

cases["the user is asked once, and a yes is kept"] = function()
  vim.cmd("let g:asked = 0")
  vim.fn.confirm = function()
    vim.g.asked = vim.g.asked + 1
    return 1
  end
  require("relight").setup({ cmd = { H.server, "--stdio" } })
  local buffer = H.open("a.py", "6 * 7")
  H.wait_attached(buffer)
  vim.cmd("Relight live")
  H.wait_row("→ 42")
  H.equal(vim.g.asked, 1)
  H.equal(require("relight.trust").of(H.scratch), true)
end

cases["a missing server is said once, with what to do"] = function()
  vim.env.PATH = "/nonexistent"
  require("relight").setup()
  H.open("a.py", "1")
  H.open("b.py", "2")
  H.wait("the message", function()
    return #H.messages > 0
  end)
  H.equal(#H.messages, 1)
  H.equal(H.messages[1]:match("not on the path") ~= nil, true)
end

cases["the preview's address is opened, and pinning needs a page"] = function()
  local opened
  require("relight.compat").open = function(address)
    opened = address
    return true
  end
  H.setup()
  H.go_live(H.open("a.py", "1 + 1"))
  vim.cmd("Relight preview")
  H.wait("the address", function()
    return opened
  end)
  H.equal(opened:match("^http://127.0.0.1:%d+/") ~= nil, true)
  vim.cmd("Relight pin")
  H.wait("the answer", function()
    return (H.messages[#H.messages] or ""):match("no preview is open")
  end)
end

cases["misspelt options and commands are named"] = function()
  H.setup({ max_line = 3 })
  H.equal(H.messages[1]:match("max_line") ~= nil, true)
  vim.cmd("Relight fly")
  H.equal(H.messages[2]:match("'fly'") ~= nil, true)
end

cases["help and health are there"] = function()
  H.setup()
  H.wait_attached(H.open("a.py", "1"))
  vim.cmd("helptags " .. vim.fn.fnamemodify(here, ":h") .. "/doc")
  vim.cmd("help relight")
  H.wait_row("Relight splits a Python file")
  vim.cmd("only")
  vim.cmd("checkhealth relight")
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  H.equal(text:match("a server is running") ~= nil, true)
  H.equal(text:match("ERROR"), nil)
end

cases["the status line says how it stands"] = function()
  H.setup()
  local buffer = H.open("a.py", "x = 1\n\n1 / 0")
  H.equal(require("relight").status(buffer), "")
  H.wait_attached(buffer)
  H.equal(require("relight").status(buffer), "relight: off")
  H.go_live(buffer)
  H.equal(require("relight").status(buffer), "relight: 1 ✗")
  H.type(3, "1 / 1")
  H.wait("ok", function()
    return require("relight").status(buffer) == "relight: ok"
  end)
end

cases["signs tell the state"] = function()
  H.setup({ show_ok_sign = true })
  vim.o.signcolumn = "yes:2" -- diagnostics have their own
  H.go_live(H.open("a.py", "x = 1\n\n1 / 0"))
  H.equal(vim.fn.strcharpart(H.screen()[1], 0, 4):find("✓", 1, true) ~= nil, true)
  H.equal(vim.fn.strcharpart(H.screen()[3], 0, 4):find("✗", 1, true) ~= nil, true)
end

cases["colours of the output are kept"] = function()
  H.setup()
  local buffer = H.open("a.py", "print('\\x1b[31mred\\x1b[0m plain')")
  H.go_live(buffer)
  H.wait_row("→ red plain")
  local text = require("relight.text")
  local lines = text.lines({ { output_type = "stream", name = "stdout", text = "\27[31mred\27[0m plain\n" } })
  H.equal(lines, { { { "red", "RelightAnsiRed" }, { " plain", "RelightOutput" } } })
end

cases["images are named, and decoded as they were"] = function()
  H.setup()
  local float = require("relight.float")
  H.equal(float.decode_base64("aGVsbG8="), "hello")
  H.equal(float.decode_base64("aGk="), "hi")
  local lines = require("relight.text").lines({ { output_type = "display_data", data = { ["image/png"] = "aGk=" } } })
  H.equal(lines[1][1][1], "[image/png, 1 KB: :Relight show opens it]")
end

H.run(cases)
