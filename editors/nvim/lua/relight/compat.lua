-- SPDX-License-Identifier: Apache-2.0
-- compat.lua - what differs between Neovim 0.7 and 0.11, in one place.
local M = {}

-- vim.lsp.start() is of 0.8: before that, find a client with the same root, or start one.
function M.start(options, buffer)
  if vim.lsp.start then
    return vim.lsp.start(options, { bufnr = buffer })
  end
  for _, client in pairs(vim.lsp.get_active_clients()) do
    if client.name == options.name and client.config.root_dir == options.root_dir then
      vim.lsp.buf_attach_client(buffer, client.id)
      return client.id
    end
  end
  local id = vim.lsp.start_client(options)
  if id then
    vim.lsp.buf_attach_client(buffer, id)
  end
  return id
end

-- Clients with this name, of one buffer or of all.
function M.clients(name, buffer)
  local list
  if vim.lsp.get_clients then
    list = vim.lsp.get_clients({ name = name, bufnr = buffer })
  elseif buffer then
    list = vim.tbl_values(vim.lsp.buf_get_clients(buffer))
  else
    list = vim.lsp.get_active_clients()
  end
  return vim.tbl_filter(function(client)
    return client.name == name
  end, list)
end

-- In 0.11 a client's functions are methods.
function M.request(client, method, params, handler, buffer)
  if vim.fn.has("nvim-0.11") == 1 then
    return client:request(method, params, handler, buffer)
  end
  return client.request(method, params, handler, buffer)
end

function M.notify(client, method, params)
  if vim.fn.has("nvim-0.11") == 1 then
    return client:notify(method, params)
  end
  return client.notify(method, params)
end

function M.stop(client)
  if vim.fn.has("nvim-0.11") == 1 then
    return client:stop()
  end
  return client.stop()
end

-- Open something outside of the editor: an address or a file.
function M.open(target)
  if vim.ui.open then
    return vim.ui.open(target)
  end
  local program = vim.fn.has("mac") == 1 and "open" or "xdg-open"
  if vim.fn.executable(program) == 0 then
    return nil, ("there is no program '%s' to open %s with"):format(program, target)
  end
  return vim.fn.jobstart({ program, target }, { detach = true })
end

function M.joined(...)
  return (table.concat({ ... }, "/"):gsub("//+", "/"))
end

-- The nearest folder at or above `path` that has one of the markers; its own folder otherwise.
function M.root_of(path, markers)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  local at = folder
  while true do
    for _, marker in ipairs(markers) do
      if vim.loop.fs_stat(M.joined(at, marker)) then
        return at
      end
    end
    local above = vim.fn.fnamemodify(at, ":h")
    if above == at then
      return folder
    end
    at = above
  end
end

return M
