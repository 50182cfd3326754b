--- `:Shapewise trace`, `stop` and `clear`: runs of the program, and what they saw.
local client = require("shapewise.client")
local messages = require("shapewise.messages")
local t, notify = messages.t, messages.notify

local M = {}

local LEVELS = {
  failed = vim.log.levels.ERROR,
  limited = vim.log.levels.WARN,
}

local running = {} --- @type table<string, boolean> by URI

--- What may follow `:Shapewise trace`.
--- @return string[]
function M.options()
  return { "stats", "iterations=", "function=", "--" }
end

--- Options as the server takes them; what follows `--` is for the program.
--- @param words string[]
--- @return table? options nil where one is wrong, which has been said
local function parsed(words)
  local options = {}
  for index, word in ipairs(words) do
    local name, value = word:match("^(%w+)=(.+)$")
    if word == "--" then
      options.args = vim.list_slice(words, index + 1)
      return options
    elseif word == "stats" then
      options.stats = true
    elseif name == "iterations" and (value == "all" or tonumber(value)) then
      options.iterations = tonumber(value) or value
    elseif name == "function" then
      options["function"] = value
    else
      notify(t("{word} is no option of trace.", { word = word }), vim.log.levels.WARN)
      return nil
    end
  end
  return options
end

--- Run the program of the current buffer.
--- @param words string[]
--- @param bang boolean run what is on disk though the buffer has changes
function M.trace(words, bang)
  local server = client.need()
  local options = server and parsed(words)
  if not server or not options then
    return
  end
  if vim.bo.modified and not bang and vim.api.nvim_buf_get_name(0) ~= "" then
    notify(
      t("This buffer has changes: write it first. With ! what is on disk is run."),
      vim.log.levels.WARN
    )
    return
  end
  options.uri = vim.uri_from_bufnr(0)
  client.execute(server, "shapewise.trace", { options }, function() end)
end

--- @param command string
local function for_buffer(command)
  local server = client.need()
  if server then
    client.execute(server, command, { { uri = vim.uri_from_bufnr(0) } }, function() end)
  end
end

--- End the run of the current buffer's program.
function M.stop()
  for_buffer("shapewise.trace.stop")
end

--- Forget what the run saw.
function M.clear()
  for_buffer("shapewise.trace.clear")
end

--- Handles `shapewise/traced`: how a run begins and ends is told.
--- @type lsp.Handler
function M.on_traced(_, news)
  local runs = news.state == "running"
  if not runs or not running[news.uri] then
    notify(news.message, LEVELS[news.state])
  end
  running[news.uri] = runs or nil
  vim.api.nvim_exec_autocmds("User", { pattern = "ShapewiseTrace", data = news })
end

return M
