-- SPDX-License-Identifier: Apache-2.0
-- harness.lua - one test of the plug-in in a Neovim of its own, against the real server.
--
-- The environment names the test (RELIGHT_TEST_CASE), the server (RELIGHT_BIN) and a scratch folder
-- (RELIGHT_SCRATCH).  A test that fails ends Neovim with a code; one that waits in vain fails.
local H = {}

local PATIENCE = 20000

H.scratch = os.getenv("RELIGHT_SCRATCH")
H.server = os.getenv("RELIGHT_BIN")
H.messages = {}

vim.notify = function(message)
  table.insert(H.messages, message)
end

function H.wait(what, holds)
  local found
  local done = vim.wait(PATIENCE, function()
    found = holds()
    return found
  end, 10)
  if not done then
    error(("waited in vain for %s\nscreen:\n%s\nmessages:\n%s"):format(
      what, table.concat(H.screen(), "\n"), table.concat(H.messages, "\n")), 2)
  end
  return found
end

function H.equal(got, expected)
  if not vim.deep_equal(got, expected) then
    error(("expected %s\ngot %s"):format(vim.inspect(expected), vim.inspect(got)), 2)
  end
end

-- The painted cells, row by row.
function H.screen()
  vim.cmd("redraw!")
  local rows = {}
  for row = 1, vim.o.lines do
    local cells = {}
    for column = 1, vim.o.columns do
      table.insert(cells, vim.fn.screenstring(row, column))
    end
    table.insert(rows, (table.concat(cells):gsub("%s+$", "")))
  end
  return rows
end

-- The screen row that holds the text, from 1; nil when none does.
function H.row_of(wanted)
  for row, line in ipairs(H.screen()) do
    if line:find(wanted, 1, true) then
      return row, line
    end
  end
end

function H.wait_row(wanted)
  return H.wait(("'%s' on the screen"):format(wanted), function()
    return H.row_of(wanted)
  end)
end

function H.wait_no_row(wanted)
  H.wait(("'%s' to leave the screen"):format(wanted), function()
    return not H.row_of(wanted)
  end)
end

function H.open(name, text)
  local path = H.scratch .. "/" .. name
  vim.fn.writefile(vim.split(text, "\n"), path)
  vim.cmd("edit " .. path)
  return vim.api.nvim_get_current_buf()
end

function H.setup(options)
  local defaults = { cmd = { H.server, "--stdio" }, trusted = true }
  require("relight").setup(vim.tbl_extend("force", defaults, options or {}))
end

function H.wait_attached(buffer)
  H.wait("the server", function()
    local client = require("relight.client").of(buffer)
    return client and client.initialized and require("relight.state").get(buffer)
  end)
end

function H.go_live(buffer)
  H.wait_attached(buffer)
  vim.cmd("Relight live")
  H.wait("the first run", function()
    return vim.b[buffer].relight and vim.b[buffer].relight.live
  end)
  H.wait_quiet(buffer)
end

function H.wait_quiet(buffer)
  H.wait("the run's end", function()
    local summary = require("relight.state").summary(buffer)
    return summary and summary.live and summary.left == 0 and not summary.running and not summary.queued
  end)
end

-- Replace line `row` (from 1) as typing does.
function H.type(row, text)
  vim.api.nvim_buf_set_lines(0, row - 1, row, false, { text })
end

local function scratch_environment()
  vim.o.columns, vim.o.lines = 100, 30
  vim.o.swapfile, vim.o.more = false, false
  vim.diagnostic.config({ virtual_text = false }) -- as in 0.11
  vim.cmd("filetype on")
  vim.cmd("filetype plugin on")
end

-- Run the case with this name out of { name = function }.
function H.run(cases)
  local name = os.getenv("RELIGHT_TEST_CASE")
  scratch_environment()
  local ok, why = xpcall(function()
    assert(cases[name], "there is no test called " .. tostring(name))()
  end, debug.traceback)
  if not ok then
    io.stderr:write(why .. "\n")
    vim.cmd("cquit 1")
  end
  vim.cmd("qall!")
end

return H
