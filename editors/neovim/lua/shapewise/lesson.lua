--- `:Shapewise lesson`, `hint` and `solution`: lessons, their exercises and questions.
local client = require("shapewise.client")
local messages = require("shapewise.messages")
local scratch = require("shapewise.scratch")
local t, notify = messages.t, messages.notify

local M = {}

local COMPLETION_MS = 500
local MARK = "shapewise:%s*exercise%s+([%w-]+)/([%w-]+)"
local MARK_LINES = 10

--- @class shapewise.Lesson
--- @field pack string
--- @field id string
--- @field title string
--- @field progress table

--- @param answer table? of `shapewise/lessons`
--- @return shapewise.Lesson[]
local function all(answer)
  local lessons = {}
  for _, pack in ipairs(answer and answer.packs or {}) do
    vim.list_extend(lessons, pack.lessons)
  end
  return lessons
end

--- @return table
local function here()
  return { uri = vim.uri_from_bufnr(0) }
end

--- The lessons' names, for completion.
--- @return string[]
function M.names()
  local server = client.of()
  local answer = server and server:request_sync("shapewise/lessons", here(), COMPLETION_MS, 0)
  return vim.tbl_map(function(lesson)
    return lesson.pack .. "/" .. lesson.id
  end, all(answer and answer.result))
end

--- @param lesson shapewise.Lesson
--- @return string
local function label(lesson)
  local done = next(lesson.progress or {}) and "✓ " or "  "
  return ("%s%s (%s/%s)"):format(done, lesson.title, lesson.pack, lesson.id)
end

--- Ask a question, and after the answer the next.
--- @param server vim.lsp.Client
--- @param lesson table
--- @param number integer
local function quiz(server, lesson, number)
  local question = lesson.quiz[number]
  if not question then
    return
  end
  local function give(answer)
    if answer == nil then
      return
    end
    local params = {
      pack = lesson.pack,
      lesson = lesson.id,
      question = question.id,
      answer = answer,
    }
    client.request(server, "shapewise/lessonAnswer", params, function(told)
      local verdict = told and told.right and t("Right.") or t("Not right.")
      notify(verdict .. " " .. (told and told.explanation or ""))
      quiz(server, lesson, number + 1)
    end)
  end
  if question.kind == "choice" then
    vim.ui.select(question.choices, { prompt = question.question }, function(_, index)
      -- The server counts from 0.
      give(index and index - 1)
    end)
  else
    vim.ui.input({ prompt = question.question .. " " }, give)
  end
end

--- @param server vim.lsp.Client
--- @param lesson table as `shapewise/lesson` tells it
--- @param source integer the buffer from which it was asked for
local function show(server, lesson, source)
  local lines = vim.split(lesson.markdown, "\n", { trimempty = true })
  local which = { pack = lesson.pack, lesson = lesson.id, uri = vim.uri_from_bufnr(source) }
  local keys = {}
  if type(lesson.exercise) == "table" then
    table.insert(keys, t("`e` begins the exercise"))
  end
  if #lesson.quiz > 0 then
    table.insert(keys, t("`a` asks the questions"))
  end
  table.insert(keys, t("`q` closes"))
  vim.list_extend(lines, { "", "---", "", table.concat(keys, " · ") })
  local bufnr = scratch.show_markdown(lines, lesson.pack .. "/" .. lesson.id)
  local function map(key, action)
    vim.keymap.set("n", key, action, { buffer = bufnr, nowait = true })
  end
  if type(lesson.exercise) == "table" then
    map("e", function()
      vim.cmd.wincmd("p")
      client.execute(server, "shapewise.lesson.exercise", { which }, function() end)
    end)
  end
  if #lesson.quiz > 0 then
    map("a", function()
      quiz(server, lesson, 1)
    end)
  end
end

--- @param server vim.lsp.Client
--- @param pack string
--- @param name string
--- @param bufnr integer
local function open(server, pack, name, bufnr)
  local params = { pack = pack, lesson = name, uri = vim.uri_from_bufnr(bufnr) }
  client.request(server, "shapewise/lesson", params, function(lesson)
    if lesson then
      show(server, lesson, bufnr)
    else
      notify(t("There is no lesson {name}.", { name = pack .. "/" .. name }), vim.log.levels.WARN)
    end
  end)
end

--- Open a lesson, `PACK/LESSON` or `LESSON`; without a name, let the user choose one.
--- @param name string?
function M.open(name)
  local server = client.need()
  if not server then
    return
  end
  local bufnr = vim.api.nvim_get_current_buf()
  client.request(server, "shapewise/lessons", here(), function(answer)
    local lessons = all(answer)
    for _, lesson in ipairs(lessons) do
      if name == lesson.id or name == lesson.pack .. "/" .. lesson.id then
        open(server, lesson.pack, lesson.id, bufnr)
        return
      end
    end
    if name then
      notify(t("There is no lesson {name}.", { name = name }), vim.log.levels.WARN)
    elseif #lessons == 0 then
      notify(t("There are no lessons here."))
    else
      local options = { prompt = t("Lesson"), format_item = label }
      vim.ui.select(lessons, options, function(lesson)
        if lesson then
          open(server, lesson.pack, lesson.id, bufnr)
        end
      end)
    end
  end)
end

--- The exercise that the current buffer is.
--- @return table? which
local function exercise()
  for _, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, MARK_LINES, false)) do
    local pack, lesson = line:match(MARK)
    if pack then
      return { pack = pack, lesson = lesson, uri = vim.uri_from_bufnr(0) }
    end
  end
  notify(t("This file is no exercise."), vim.log.levels.WARN)
end

--- Have the server carry out a command for the exercise in the current buffer.
--- @param command string
function M.exercise(command)
  local server = client.need()
  local which = server and exercise()
  if server and which then
    client.execute(server, command, { which }, function() end)
  end
end

--- For `vim.lsp.ClientConfig.commands`: what "Learn: …" among the code actions does.
--- @param command lsp.Command
--- @param context lsp.HandlerContext
function M.on_open(command, context)
  local which = command.arguments[1]
  local server = vim.lsp.get_client_by_id(context.client_id)
  if server then
    open(server, which.pack, which.lesson, context.bufnr or vim.api.nvim_get_current_buf())
  end
end

return M
