-- SPDX-License-Identifier: Apache-2.0
-- float.lua - a whole result, and Markdown from the server, in a window of their own.
local compat = require("relight.compat")
local text = require("relight.text")

local M = {}

local function open(lines, syntax)
  local buffer, window = vim.lsp.util.open_floating_preview(lines, syntax, {
    border = "rounded",
    focus_id = "relight",
    max_width = math.floor(vim.o.columns * 0.8),
    max_height = math.floor(vim.o.lines * 0.7),
    wrap = false,
  })
  return buffer, window
end

function M.markdown(source)
  return open(vim.split(source, "\n", { plain = true }), "markdown")
end

local function colour(buffer, lines)
  local namespace = vim.api.nvim_create_namespace("relight-float")
  for row, chunks in ipairs(lines) do
    local column = 0
    for _, chunk in ipairs(chunks) do
      local options = { end_col = column + #chunk[1], hl_group = chunk[2], strict = false }
      pcall(vim.api.nvim_buf_set_extmark, buffer, namespace, row - 1, column, options)
      column = column + #chunk[1]
    end
  end
end

local EXTENSIONS = { ["image/png"] = "png", ["image/jpeg"] = "jpg", ["image/svg+xml"] = "svg", ["image/gif"] = "gif" }

-- The image as a file, which lives as long as the editor.
local function write_image(mime, data)
  local path = vim.fn.tempname() .. "." .. (EXTENSIONS[mime] or "img")
  local file = assert(io.open(path, "wb"))
  file:write(mime == "image/svg+xml" and data or M.decode_base64(data))
  file:close()
  return path
end

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

function M.decode_base64(data)
  if vim.base64 then
    return vim.base64.decode((data:gsub("%s", "")))
  end
  local values = {}
  for i = 1, #ALPHABET do
    values[ALPHABET:sub(i, i)] = i - 1
  end
  return (data:gsub("[^%w+/]", ""):gsub("..?.?.?", function(four)
    local bits = 0
    for i = 1, 4 do
      bits = bits * 64 + (values[four:sub(i, i)] or 0)
    end
    local bytes = string.char(math.floor(bits / 65536), math.floor(bits / 256) % 256, bits % 256)
    return bytes:sub(1, #four - 1)
  end))
end

local function images(block)
  local paths = {}
  for _, output in ipairs(block.outputs) do
    local mime, data = text.image_of(output)
    if mime then
      table.insert(paths, write_image(mime, data))
    end
  end
  return paths
end

-- Inline with image.nvim where that is installed and the terminal can; else in another program.
local function show_image(path)
  local ok, image = pcall(require, "image")
  if ok and image.from_file then
    local shown = image.from_file(path, { window = vim.api.nvim_get_current_win() })
    if shown then
      shown:render()
      return
    end
  end
  local _, why = compat.open(path)
  if why then
    vim.notify("relight: " .. why, vim.log.levels.WARN)
  end
end

-- The whole result of a block.
function M.show(block)
  local lines = text.lines(block.outputs)
  local plain = vim.tbl_map(text.plain, lines)
  local paths = images(block)
  if #plain > 0 then
    local buffer = open(plain, "")
    colour(buffer, lines)
  end
  for _, path in ipairs(paths) do
    show_image(path)
  end
end

return M
