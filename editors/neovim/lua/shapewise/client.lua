--- The running server: what is asked of it, what it says by itself, how it is started anew.
local messages = require("shapewise.messages")
local t, notify = messages.t, messages.notify

local M = {}

local NAME = "shapewise"
local MAX_CRASHES, CRASH_MINUTES = 4, 3
local STOP_MS, LOOK_MS = 3000, 20

local crashes = {} --- @type integer[] when, in milliseconds
local states = {} --- @type table<integer, table> what `shapewise/status` said, by client

--- The server of a buffer.
--- @param bufnr integer? the current one if nil
--- @return vim.lsp.Client?
function M.of(bufnr)
  return vim.iter(vim.lsp.get_clients({ name = NAME, bufnr = bufnr or 0 })):find(function(client)
    return not client:is_stopped()
  end)
end

--- The server of a buffer; where there is none, that is said.
--- @param bufnr integer?
--- @return vim.lsp.Client?
function M.need(bufnr)
  local client = M.of(bufnr)
  if not client then
    notify(t("There is no server for this buffer. See :checkhealth shapewise."), vim.log.levels.WARN)
  end
  return client
end

--- What a server last said of PyTorch: `kind`, `message`, `python`, `info`.
--- @param client vim.lsp.Client
--- @return table?
function M.state(client)
  return states[client.id]
end

--- Ask a server; a failure is shown to the user and not handed on.
--- @param client vim.lsp.Client
--- @param method string
--- @param params table
--- @param on_answer fun(answer: any)
--- @param bufnr integer?
function M.request(client, method, params, on_answer, bufnr)
  client:request(method, params, function(fault, answer)
    if fault then
      notify(fault.message, vim.log.levels.ERROR)
    else
      on_answer(answer ~= vim.NIL and answer or nil)
    end
  end, bufnr)
end

--- Have the server carry a command out.
--- @param client vim.lsp.Client
--- @param command string
--- @param arguments any[]
--- @param on_answer fun(answer: any)
--- @param bufnr integer?
function M.execute(client, command, arguments, on_answer, bufnr)
  local params = { command = command, arguments = arguments }
  M.request(client, "workspace/executeCommand", params, on_answer, bufnr)
end

--- For `vim.lsp.ClientConfig.before_init`: Neovim does not tell its language by itself.
--- @param params lsp.InitializeParams
function M.before_init(params)
  params.locale = params.locale or messages.locale()
end

--- For `vim.lsp.ClientConfig.on_exit`: a server that crashed is started again, within reason.
---
--- It is called outside the main loop.
--- @param code integer
--- @param signal integer
--- @param id integer
function M.on_exit(code, signal, id)
  states[id] = nil
  local client = vim.lsp.get_client_by_id(id)
  if not client or code == 0 and (signal == 0 or signal == 15) or signal == 15 then
    return
  end
  local buffers = vim.tbl_keys(client.attached_buffers)
  vim.schedule(function()
    if vim.v.exiting ~= vim.NIL then
      return
    end
    local now = vim.uv.now()
    crashes = vim.tbl_filter(function(time)
      return now - time < CRASH_MINUTES * 60000
    end, crashes)
    table.insert(crashes, now)
    if #crashes > MAX_CRASHES then
      notify(
        t("The server crashed {times} times and is not started again. Its log: {log}", {
          times = #crashes,
          log = vim.lsp.log.get_filename(),
        }),
        vim.log.levels.ERROR
      )
      return
    end
    notify(t("The server crashed and is started again."), vim.log.levels.WARN)
    M.start(client.config, buffers)
  end)
end

--- Start a server for buffers.
--- @param config vim.lsp.ClientConfig
--- @param buffers integer[]
function M.start(config, buffers)
  for _, bufnr in ipairs(buffers) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      vim.lsp.start(config, { bufnr = bufnr })
    end
  end
end

--- Stop the servers and start them again; where none runs, start one.
--- @param on_done fun()?
function M.restart(on_done)
  crashes = {}
  local clients = vim.lsp.get_clients({ name = NAME })
  local work = {} --- @type {config: vim.lsp.ClientConfig, buffers: integer[]}[]
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_keys(client.attached_buffers)
    table.insert(work, { config = client.config, buffers = buffers })
    client:stop()
  end
  local waited = 0
  local function begin()
    local stopped = vim.iter(clients):all(function(client)
      return client:is_stopped()
    end)
    if not stopped then
      waited = waited + LOOK_MS
      if waited == STOP_MS then
        for _, client in ipairs(clients) do
          client:stop(true)
        end
      end
      vim.defer_fn(begin, LOOK_MS)
      return
    end
    for _, one in ipairs(work) do
      M.start(one.config, one.buffers)
    end
    if #work == 0 then
      vim.lsp.enable(NAME)
    end
    if on_done then
      on_done()
    end
  end
  begin()
end

--- Handlers of what the server sends by itself.
--- @type table<string, lsp.Handler>
M.handlers = {
  ["shapewise/status"] = function(_, state, context)
    states[context.client_id] = state
    vim.api.nvim_exec_autocmds("User", { pattern = "ShapewiseStatus", data = state })
  end,
  ["shapewise/traced"] = function(...)
    require("shapewise.trace").on_traced(...)
  end,
}

-- After a refresh Neovim 0.11 keeps drawing the old hints if the screen is redrawn before the
-- new ones are there. Enabling hints anew has it forget the old ones.
if vim.fn.has("nvim-0.12") == 0 then
  M.handlers["workspace/inlayHint/refresh"] = function(_, _, context)
    for _, bufnr in ipairs(vim.lsp.get_buffers_by_client_id(context.client_id)) do
      if vim.lsp.inlay_hint.is_enabled({ bufnr = bufnr }) then
        vim.lsp.inlay_hint.enable(true, { bufnr = bufnr })
      end
    end
    return vim.NIL
  end
end

-- Neovim 0.12 refreshes code lenses by itself.
if not vim.lsp.codelens.enable then
  M.handlers["workspace/codeLens/refresh"] = function(_, _, context)
    local client = vim.lsp.get_client_by_id(context.client_id)
    for bufnr in pairs(client and client.attached_buffers or {}) do
      vim.lsp.codelens.refresh({ bufnr = bufnr })
    end
    return vim.NIL
  end
end

return M
