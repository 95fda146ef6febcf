-- SPDX-License-Identifier: Apache-2.0
-- marks.lua - where each block of a buffer is, held by extmarks: they move with every edit, before
-- the server has heard of it.
local M = {}

M.place = vim.api.nvim_create_namespace("relight-place")

local function last_line(buffer)
  return vim.api.nvim_buf_line_count(buffer) - 1
end

local function line_length(buffer, line)
  return #(vim.api.nvim_buf_get_lines(buffer, line, line + 1, false)[1] or "")
end

-- Put the block's mark at an LSP range (whole lines).
function M.set(buffer, block, range)
  local last = last_line(buffer)
  local first_row = math.min(range.start.line, last)
  local end_line = range["end"].line
  if range["end"].character == 0 and end_line > range.start.line then
    end_line = end_line - 1
  end
  local end_row = math.min(end_line, last)
  block.mark = vim.api.nvim_buf_set_extmark(buffer, M.place, first_row, 0, {
    id = block.mark,
    end_row = end_row,
    end_col = line_length(buffer, end_row),
    right_gravity = false,
  })
end

-- First and last row of the block now, from 0; nil when its text has gone.
function M.get(buffer, block)
  if not block.mark then
    return nil
  end
  local place = vim.api.nvim_buf_get_extmark_by_id(buffer, M.place, block.mark, { details = true })
  if not place[1] then
    return nil
  end
  local first, last = place[1], place[3].end_row
  if last == first and place[3].end_col == place[2] and line_length(buffer, first) > 0 then
    return nil -- everything between its ends was deleted
  end
  return first, math.max(first, last)
end

function M.remove(buffer, block)
  if block.mark then
    vim.api.nvim_buf_del_extmark(buffer, M.place, block.mark)
    block.mark = nil
  end
end

return M
