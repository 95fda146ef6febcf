-- SPDX-License-Identifier: Apache-2.0
-- text.lua - output records as lines of highlighted chunks: { { {text, group}, ... }, ... }.
--
-- Knows nothing of buffers.  Text keeps its colours (ANSI codes become highlight groups).
local M = {}

local COLOURS = { "Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White" }

-- The highlight group after an escape sequence with these numbers, given the one before.
local function group_after(codes, group, plain)
  for code in (codes == "" and "0" or codes):gmatch("%d+") do
    local n = tonumber(code)
    if n == 0 or n == 39 then
      group = plain
    elseif n >= 30 and n <= 37 then
      group = "RelightAnsi" .. COLOURS[n - 29]
    elseif n >= 90 and n <= 97 then
      group = "RelightAnsi" .. COLOURS[n - 89]
    end
  end
  return group
end

-- What a terminal would show of a line that moves back to its start ("progress bars").
local function overwrite(line)
  line = line:gsub("\r+$", "")
  return line:match("[^\r]*$")
end

local function printable(text)
  return (text:gsub("\t", "    "):gsub("[%z\1-\31\127]", ""))
end

-- One line of text as chunks, and the group that goes on to the next line.
local function chunks_of(line, group, plain)
  local chunks, at = {}, 1
  local function add(text)
    text = printable(text)
    if text ~= "" then
      table.insert(chunks, { text, group })
    end
  end
  while true do
    local from, to, codes, kind = line:find("\27%[([%d;]*)([A-Za-z])", at)
    if not from then
      break
    end
    add(line:sub(at, from - 1))
    if kind == "m" then
      group = group_after(codes, group, plain)
    end
    at = to + 1
  end
  add(line:sub(at))
  return chunks, group
end

local function add_text(lines, text, plain)
  local group = plain
  text = text:gsub("\n$", "")
  for _, line in ipairs(vim.split(text, "\n", { plain = true })) do
    local chunks
    chunks, group = chunks_of(overwrite(line), group, plain)
    table.insert(lines, chunks)
  end
end

local function is_image(mime)
  return mime:match("^image/")
end

-- What an image is called where it cannot be shown.
function M.image_of(output)
  for mime, data in pairs(output.data or {}) do
    if is_image(mime) and type(data) == "string" then
      return mime, data
    end
  end
end

local function add_data(lines, output)
  local mime, data = M.image_of(output)
  local text = output.data["text/plain"]
  if mime then
    local size = mime == "image/svg+xml" and #data or math.floor(#data * 3 / 4)
    local label = ("[%s, %d KB: %s]"):format(mime, math.ceil(size / 1024), ":Relight show opens it")
    table.insert(lines, { { label, "RelightImage" } })
  elseif type(text) == "string" then
    add_text(lines, text, "RelightResult")
  else
    local mimes = vim.tbl_keys(output.data)
    table.sort(mimes)
    table.insert(lines, { { "[" .. table.concat(mimes, ", ") .. "]", "RelightResult" } })
  end
end

local function error_text(output)
  return output.evalue ~= "" and (output.ename .. ": " .. output.evalue) or output.ename
end

local function add_output(lines, output)
  local kind = output.output_type
  if kind == "stream" then
    add_text(lines, output.text, output.name == "stderr" and "RelightStderr" or "RelightOutput")
  elseif kind == "error" then
    add_text(lines, error_text(output), "RelightError")
  elseif type(output.data) == "table" then
    add_data(lines, output)
  end
end

-- All lines of a result; without its error, if that is shown in another way.
function M.lines(outputs, without_error)
  local lines = {}
  for _, output in ipairs(outputs or {}) do
    if not (without_error and output.output_type == "error") then
      add_output(lines, output)
    end
  end
  return lines
end

-- Pieces of one stream that arrive one by one are one record.
function M.append(outputs, piece)
  local last = outputs[#outputs]
  if last and last.output_type == "stream" and piece.output_type == "stream" and last.name == piece.name then
    last.text = last.text .. piece.text
  else
    table.insert(outputs, vim.deepcopy(piece))
  end
end

function M.plain(chunks)
  local parts = {}
  for _, chunk in ipairs(chunks) do
    table.insert(parts, chunk[1])
  end
  return table.concat(parts)
end

-- Chunks cut to so many columns, with an ellipsis.
function M.cut(chunks, width)
  local out, left = {}, width
  for _, chunk in ipairs(chunks) do
    local columns = vim.fn.strdisplaywidth(chunk[1])
    if columns > left then
      local text = vim.fn.strcharpart(chunk[1], 0, math.max(left - 1, 0)) .. "…"
      table.insert(out, { text, chunk[2] })
      return out
    end
    left = left - columns
    table.insert(out, chunk)
  end
  return out
end

return M
