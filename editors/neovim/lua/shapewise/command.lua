--- `:Shapewise SUBCOMMAND …` and its completion.
local messages = require("shapewise.messages")
local t, notify = messages.t, messages.notify

local M = {}

--- @class shapewise.Subcommand
--- @field run fun(arguments: string[], command: table)
--- @field complete? fun(): string[] what may follow

--- @type table<string, shapewise.Subcommand>
local subcommands = {
  clear = {
    run = function()
      require("shapewise.trace").clear()
    end,
  },
  explain = {
    run = function(arguments)
      require("shapewise.explain").explain(arguments[1])
    end,
    complete = function()
      return require("shapewise.explain").codes()
    end,
  },
  flow = {
    run = function()
      require("shapewise.flow").open()
    end,
  },
  hint = {
    run = function()
      require("shapewise.lesson").exercise("shapewise.lesson.hint")
    end,
  },
  hints = {
    run = function()
      local on = not vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })
      vim.lsp.inlay_hint.enable(on, { bufnr = 0 })
    end,
  },
  inspect = {
    run = function()
      require("shapewise.inspector").open()
    end,
  },
  lesson = {
    run = function(arguments)
      require("shapewise.lesson").open(arguments[1])
    end,
    complete = function()
      return require("shapewise.lesson").names()
    end,
  },
  restart = {
    run = function()
      require("shapewise.client").restart(function()
        notify(t("The server was started again."))
      end)
    end,
  },
  solution = {
    run = function()
      require("shapewise.lesson").exercise("shapewise.lesson.solution")
    end,
  },
  stop = {
    run = function()
      require("shapewise.trace").stop()
    end,
  },
  trace = {
    run = function(arguments, command)
      require("shapewise.trace").trace(arguments, command.bang)
    end,
    complete = function()
      return require("shapewise.trace").options()
    end,
  },
}

--- @return string[]
local function names()
  local all = vim.tbl_keys(subcommands)
  table.sort(all)
  return all
end

--- Carry out `:Shapewise …`.
--- @param command table as `nvim_create_user_command` hands it over
function M.run(command)
  local arguments = command.fargs
  local name = table.remove(arguments, 1)
  local subcommand = name and subcommands[name]
  if not subcommand then
    local known = table.concat(names(), ", ")
    local fault = name and t("There is no command {name}. There are: {known}.", {
      name = name,
      known = known,
    }) or t("Which of these: {known}?", { known = known })
    notify(fault, vim.log.levels.WARN)
    return
  end
  subcommand.run(arguments, command)
end

--- What may stand at the cursor of a command line.
--- @param lead string
--- @param line string
--- @param cursor integer
--- @return string[]
function M.complete(lead, line, cursor)
  local words = vim.split(vim.trim(line:sub(1, cursor - #lead)), "%s+")
  local candidates
  if #words == 1 then
    candidates = names()
  else
    local subcommand = subcommands[words[2]]
    candidates = subcommand and subcommand.complete and subcommand.complete() or {}
  end
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate:lower(), lead:lower())
  end, candidates)
end

return M
