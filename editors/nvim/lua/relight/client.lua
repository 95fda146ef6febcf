-- SPDX-License-Identifier: Apache-2.0
-- client.lua - the language server: found, started, attached, started again when it dies.
local compat = require("relight.compat")
local config = require("relight.config")
local render = require("relight.render")
local state = require("relight.state")
local trust = require("relight.trust")

local M = {}

M.NAME = "relight"

local deaths = {} -- when servers died, in seconds, lately

local function tell(message, level)
  vim.notify("relight: " .. message, level or vim.log.levels.INFO)
end

-- The server's command line, or nil and why not.
function M.command()
  local cmd = config.options.cmd
  if cmd then
    return cmd
  end
  local found = vim.fn.exepath("relight")
  if found ~= "" then
    return { found, "--stdio" }
  end
  return nil, "the program 'relight' is not on the path: install it, or give setup({ cmd = { '…/relight', '--stdio' } })"
end

local function handlers()
  local function on(receive)
    return function(_, message)
      if message then
        receive(message)
      end
    end
  end
  return {
    ["relight/runStart"] = on(state.run_start),
    ["relight/blockStart"] = on(state.block_start),
    ["relight/blockOutput"] = on(state.block_output),
    ["relight/blockResult"] = on(state.block_result),
    ["relight/blocks"] = on(state.block_list),
    ["relight/runEnd"] = on(state.run_end),
  }
end

-- We draw these ourselves, and richer.
local function on_init(client)
  client.server_capabilities.inlayHintProvider = nil
  client.server_capabilities.codeLensProvider = nil
end

local function on_attach(client, buffer)
  state.attach(buffer)
  vim.api.nvim_buf_attach(buffer, false, {
    on_lines = function(_, changed)
      if not state.get(changed) then
        return true
      end
      vim.schedule(function()
        if vim.api.nvim_buf_is_valid(changed) and state.get(changed) then
          state.text_changed(changed)
        end
      end)
    end,
    on_detach = function(_, gone)
      state.detach(gone)
    end,
  })
  return client
end

local function recent_deaths()
  local now = os.time()
  deaths = vim.tbl_filter(function(at)
    return now - at < 180
  end, deaths)
  return #deaths
end

-- The server ended.  When nobody asked it to, start it again, with what was live.
local function on_exit(code, signal, client_id)
  local live, attached = {}, {}
  for buffer, s in pairs(state.all()) do
    if s.client_id == client_id then
      table.insert(attached, buffer)
      live[buffer] = s.live
    end
  end
  vim.schedule(function()
    for _, buffer in ipairs(attached) do
      state.detach(buffer)
    end
    if (code == 0 and signal == 0) or M.stopping or vim.v.exiting ~= vim.NIL then
      return
    end
    table.insert(deaths, os.time())
    if recent_deaths() > config.options.restarts then
      tell("the server keeps ending; :Relight restart_server tries again, :Relight log shows why", vim.log.levels.ERROR)
      return
    end
    tell("the server ended, and is started again", vim.log.levels.WARN)
    for _, buffer in ipairs(attached) do
      if vim.api.nvim_buf_is_loaded(buffer) then
        M.attach(buffer, live[buffer])
      end
    end
  end)
end

local function options_for(root, cmd)
  return {
    name = M.NAME,
    cmd = cmd,
    root_dir = root,
    handlers = handlers(),
    on_init = on_init,
    on_attach = on_attach,
    on_exit = on_exit,
    settings = { relight = config.options.settings },
    init_options = vim.tbl_extend("force", { trusted = trust.of(root) or false }, config.options.settings),
    capabilities = vim.lsp.protocol.make_client_capabilities(),
  }
end

function M.of(buffer)
  return compat.clients(M.NAME, buffer)[1]
end

-- Run `what` once the buffer's client is there and ready.
local function when_ready(buffer, what)
  local tries = 0
  local function try()
    local client = M.of(buffer)
    local ready = client and client.initialized and state.get(buffer)
    if ready then
      what(client)
    elseif tries < 500 and vim.api.nvim_buf_is_valid(buffer) then
      tries = tries + 1
      vim.defer_fn(try, 20)
    end
  end
  try()
end

-- Attach a buffer; `live`: and go live at once.
function M.attach(buffer, live)
  local path = vim.api.nvim_buf_get_name(buffer)
  if path == "" or vim.bo[buffer].buftype ~= "" then
    return
  end
  local cmd, why = M.command()
  if not cmd then
    vim.notify_once("relight: " .. why, vim.log.levels.WARN)
    return
  end
  render.define_highlights()
  local root = compat.root_of(path, config.options.root_markers)
  local id = compat.start(options_for(root, cmd), buffer)
  when_ready(buffer, function()
    state.get(buffer).client_id = id
    if live then
      M.execute("goLive", buffer)
    end
  end)
end

-- workspace/executeCommand for a buffer; `done(result)` is called when it worked.
function M.execute(name, buffer, arguments, done)
  local client = M.of(buffer)
  if not client then
    tell("no server is attached to this buffer (:checkhealth relight)", vim.log.levels.WARN)
    return
  end
  local params = {
    command = "relight." .. name,
    arguments = vim.list_extend({ vim.uri_from_bufnr(buffer) }, arguments or {}),
  }
  compat.request(client, "workspace/executeCommand", params, function(err, result)
    if err then
      tell(err.message or vim.inspect(err), vim.log.levels.ERROR)
    elseif done then
      done(result)
    end
  end, buffer)
end

-- Make the buffer's file live; asks whether its folder's code may be run if nobody has said yet.
function M.go_live(buffer)
  local client = M.of(buffer)
  local root = client and client.config.root_dir
  local trusted = root and trust.of(root)
  if not client or trusted then
    M.execute("goLive", buffer)
  elseif trusted == false then
    tell("setup() says that the code of " .. root .. " is not to be run", vim.log.levels.WARN)
  elseif trust.ask(root) then
    M.restart_server(function()
      M.execute("goLive", buffer)
    end, buffer)
  end
end

-- End the servers and start them anew for the buffers that they had.
function M.restart_server(done, wait_for)
  local buffers = vim.tbl_keys(state.all())
  if #buffers == 0 then
    buffers = { vim.api.nvim_get_current_buf() }
  end
  deaths, M.stopping = {}, true
  for _, client in ipairs(compat.clients(M.NAME)) do
    compat.stop(client)
  end
  local function try()
    if #compat.clients(M.NAME) > 0 then
      vim.defer_fn(try, 20)
      return
    end
    M.stopping = false
    for _, buffer in ipairs(buffers) do
      state.detach(buffer)
      if vim.api.nvim_buf_is_loaded(buffer) then
        M.attach(buffer)
      end
    end
    if done then
      when_ready(wait_for, done)
    end
  end
  try()
end

return M
