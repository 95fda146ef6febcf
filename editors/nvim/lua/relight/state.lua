-- SPDX-License-Identifier: Apache-2.0
-- state.lua - what the server has told about each buffer, and what it means on the screen.
--
-- One table for each attached buffer: blocks by id, and the run that is going on.  Messages with
-- a smaller run number than one already seen are old and are dropped.
local marks = require("relight.marks")
local render = require("relight.render")
local text = require("relight.text")

local M = {}

local buffers = {} -- by buffer number
local numbers = {} -- buffer numbers by file

function M.attach(buffer)
  local file = vim.uri_to_fname(vim.uri_from_bufnr(buffer))
  buffers[buffer] = { file = file, blocks = {}, order = {}, live = false, run = 0, left = 0, total = 0 }
  numbers[file] = buffer
end

function M.detach(buffer)
  local state = buffers[buffer]
  if not state then
    return
  end
  if numbers[state.file] == buffer then
    numbers[state.file] = nil
  end
  buffers[buffer] = nil
  if vim.api.nvim_buf_is_valid(buffer) then
    vim.api.nvim_buf_clear_namespace(buffer, marks.place, 0, -1)
    render.clear(buffer)
  end
end

function M.get(buffer)
  return buffers[buffer]
end

function M.all()
  return buffers
end

-- The buffer and its state that a message is about; nil when it is about none of ours.
local function of(message)
  local buffer = numbers[message.file]
  if buffer and vim.api.nvim_buf_is_loaded(buffer) then
    return buffer, buffers[buffer]
  end
end

local function block_of(state, id)
  state.blocks[id] = state.blocks[id] or { id = id, outputs = {} }
  return state.blocks[id]
end

local function changed(buffer)
  vim.api.nvim_exec_autocmds("User", { pattern = "RelightChanged", modeline = false, data = nil })
  vim.b[buffer].relight = M.summary(buffer)
  vim.cmd("redrawstatus")
end

local function forget_vanished(buffer, state, ids)
  local there = {}
  for _, id in ipairs(ids) do
    there[id] = true
  end
  for id, block in pairs(state.blocks) do
    if not there[id] then
      marks.remove(buffer, block)
      render.draw(buffer, block)
      state.blocks[id] = nil
    end
  end
end

function M.run_start(message)
  local buffer, state = of(message)
  if not state or message.run < state.run then
    return
  end
  state.live, state.run = true, message.run
  state.total, state.left = #message.dirty, #message.dirty
  state.order, state.reasons = message.blocks, message.reasons
  forget_vanished(buffer, state, message.blocks)
  for _, id in ipairs(message.dirty) do
    local block = block_of(state, id)
    block.status = "queued"
    render.draw(buffer, block)
  end
  changed(buffer)
end

function M.block_start(message)
  local buffer, state = of(message)
  if not state or message.run < state.run then
    return
  end
  local block = block_of(state, message.block)
  if message.range then
    marks.set(buffer, block, message.range)
  end
  block.status, block.fresh = "running", nil
  render.draw(buffer, block)
  changed(buffer)
end

-- The old output stays until the first piece of the new one is there.
function M.block_output(message)
  local buffer, state = of(message)
  if not state or message.run < state.run then
    return
  end
  local block = block_of(state, message.block)
  if not block.fresh then
    block.fresh = {}
  end
  text.append(block.fresh, message.output)
  block.outputs = block.fresh
  render.draw(buffer, block)
end

local function line_of(buffer, state, id)
  local block = state.blocks[id]
  local first = block and marks.get(buffer, block)
  return first and first + 1
end

function M.block_result(message)
  local buffer, state = of(message)
  if not state or (message.run ~= 0 and message.run < state.run) then
    return
  end
  local block = block_of(state, message.block)
  if message.run ~= 0 then
    state.left = math.max(state.left - 1, 0)
  end
  if message.range then
    marks.set(buffer, block, message.range)
  end
  if not message.unchanged then
    block.kind, block.status, block.origin = message.kind, message.status, message.origin
    block.outputs, block.fresh = message.outputs or {}, nil
    block.duration_ms, block.truncated = message.durationMs, message.truncated
    block.held = message.operation
    block.blocked_by_line = message.blockedBy and line_of(buffer, state, message.blockedBy)
  end
  render.draw(buffer, block)
  changed(buffer)
end

function M.block_list(message)
  local buffer, state = of(message)
  if state then
    state.order = message.blocks
    forget_vanished(buffer, state, message.blocks)
    changed(buffer)
  end
end

function M.run_end(message)
  local buffer, state = of(message)
  if not state or message.run < state.run then
    return
  end
  state.left = 0
  for _, block in pairs(state.blocks) do
    if block.status == "queued" or block.status == "running" then
      block.status = "stale"
      render.draw(buffer, block)
    end
  end
  changed(buffer)
end

-- The text changed under the drawings: those whose block is gone go, too.
function M.text_changed(buffer)
  local state = buffers[buffer]
  for _, block in pairs(state and state.blocks or {}) do
    if #(block.drawn or {}) > 0 and not marks.get(buffer, block) then
      render.draw(buffer, block)
    end
  end
end

-- The block at a row (from 0): the last that begins there or above.
function M.block_at(buffer, row)
  local state, found, best = buffers[buffer], nil, -1
  for _, block in pairs(state and state.blocks or {}) do
    local first = marks.get(buffer, block)
    if first and first <= row and first > best and block.kind ~= "prose" then
      found, best = block, first
    end
  end
  return found
end

-- { live, running, left, total, ok, error, ... }: counts by status.
function M.summary(buffer)
  local state = buffers[buffer]
  if not state then
    return nil
  end
  local summary = { live = state.live, left = state.left, total = state.total }
  for _, block in pairs(state.blocks) do
    if block.status and block.kind ~= "prose" then
      summary[block.status] = (summary[block.status] or 0) + 1
    end
  end
  return summary
end

return M
