--- `:Shapewise inspect`: the tensors known at the cursor, as a table that follows it.
local config = require("shapewise.config")
local panel = require("shapewise.panel")
local t = require("shapewise.messages").t

local M = {}

local GAP = "  "
local MAX_WIDTH = 40

--- @class shapewise.Column
--- @field title fun(): string
--- @field text fun(tensor: table): string
--- @field highlight string|fun(tensor: table): string

--- @param value any JSON's null where there is none
--- @return string
local function number(value)
  return type(value) == "number" and ("%.4g"):format(value) or "–"
end

--- @type shapewise.Column[]
local COLUMNS = {
  {
    title = function()
      return t("name")
    end,
    text = function(tensor)
      return (tensor.current and "▸ " or "  ") .. tensor.name
    end,
    highlight = "Identifier",
  },
  {
    title = function()
      return t("shape")
    end,
    text = function(tensor)
      if type(tensor.shape) ~= "string" then
        return "?" -- Only a run knows of it.
      end
      local shapes = { tensor.shape }
      for _, other in ipairs(tensor.alternatives or {}) do
        table.insert(shapes, other.shape)
      end
      return table.concat(shapes, " | ")
    end,
    highlight = "Type",
  },
  {
    title = function()
      return "dtype"
    end,
    text = function(tensor)
      return tensor.dtype
    end,
    highlight = "Constant",
  },
  {
    title = function()
      return t("device")
    end,
    text = function(tensor)
      local other = tensor.acceleratedDevice
      local same = other == nil or other == vim.NIL or other == tensor.device
      return same and tensor.device or ("%s | %s"):format(tensor.device, other)
    end,
    highlight = "Constant",
  },
  {
    title = function()
      return t("gradient")
    end,
    text = function(tensor)
      return tensor.requiresGrad == true and "requires_grad" or ""
    end,
    highlight = "Special",
  },
  {
    title = function()
      return t("traced")
    end,
    text = function(tensor)
      local traced = tensor.traced
      if type(traced) ~= "table" then
        return ""
      end
      local words = { traced.shape }
      for _, name in ipairs({ "dtype", "device" }) do
        if traced[name] ~= tensor[name] then
          table.insert(words, traced[name])
        end
      end
      if traced.visits > 1 then
        table.insert(words, "×" .. traced.visits)
      end
      if traced.stale then
        table.insert(words, "…")
      end
      return table.concat(words, " ")
    end,
    highlight = function(tensor)
      local traced = type(tensor.traced) == "table" and tensor.traced or {}
      local known = type(tensor.shape) == "string"
      local differs = traced.dtype ~= tensor.dtype or traced.device ~= tensor.device
      return known and differs and "DiagnosticWarn" or "Type"
    end,
  },
  {
    title = function()
      return "min … max"
    end,
    text = function(tensor)
      local numbers = type(tensor.traced) == "table" and tensor.traced.statistics
      if type(numbers) ~= "table" then
        return ""
      end
      return ("%s … %s"):format(number(numbers.min), number(numbers.max))
    end,
    highlight = "Number",
  },
  {
    title = function()
      return t("mean")
    end,
    text = function(tensor)
      local numbers = type(tensor.traced) == "table" and tensor.traced.statistics
      return type(numbers) == "table" and number(numbers.mean) or ""
    end,
    highlight = "Number",
  },
  {
    title = function()
      return "NaN/inf"
    end,
    text = function(tensor)
      local numbers = type(tensor.traced) == "table" and tensor.traced.statistics
      if type(numbers) ~= "table" or numbers.nan == 0 and numbers.inf == 0 then
        return ""
      end
      return ("%s/%s"):format(numbers.nan, numbers.inf)
    end,
    highlight = "DiagnosticError",
  },
  {
    title = function()
      return t("from")
    end,
    text = function(tensor)
      if type(tensor.origin) ~= "table" then
        return ""
      end
      local line = tensor.origin.range.start.line + 1
      return t("{source}, line {line}", { source = tensor.origin.source, line = line })
    end,
    highlight = "Comment",
  },
}

--- @param text any what JSON holds: null where nothing is known
--- @return string
local function plain(text)
  text = type(text) == "string" and text or ""
  if vim.fn.strdisplaywidth(text) > MAX_WIDTH then
    text = vim.fn.strcharpart(text, 0, MAX_WIDTH - 1) .. "…"
  end
  return text
end

--- @param tensors table[]
--- @param filter string?
--- @return table[]
local function filtered(tensors, filter)
  if not filter or filter == "" then
    return tensors
  end
  local wanted = filter:lower()
  return vim.tbl_filter(function(tensor)
    return vim.iter(COLUMNS):any(function(column)
      return plain(column.text(tensor)):lower():find(wanted, 1, true) ~= nil
    end)
  end, tensors)
end

--- A table of cells as lines; columns that are empty are left out.
--- @param rows string[][] the first has the titles
--- @param tensors table[] what the other rows speak of
--- @param page shapewise.Page
local function draw(rows, tensors, page)
  local widths = {}
  for number in ipairs(COLUMNS) do
    local width, empty = 0, true
    for index, row in ipairs(rows) do
      width = math.max(width, vim.fn.strdisplaywidth(row[number]))
      empty = empty and (index == 1 or row[number] == "")
    end
    widths[number] = not empty and width or nil
  end
  for index, row in ipairs(rows) do
    local line = ""
    for number, column in ipairs(COLUMNS) do
      if widths[number] then
        local start = #line
        line = line .. row[number]
        local group = index == 1 and "Title" or column.highlight
        if type(group) == "function" then
          group = group(tensors[index - 1])
        end
        table.insert(page.marks, { #page.lines, start, #line, group })
        line = line .. (" "):rep(widths[number] - vim.fn.strdisplaywidth(row[number])) .. GAP
      end
    end
    table.insert(page.lines, (line:gsub("%s+$", "")))
  end
end

--- @param answer table? of `shapewise/tensors`
--- @param open shapewise.OpenPanel
--- @return shapewise.Page
local function page(answer, open)
  local shown = filtered(answer and answer.tensors or {}, open.filter)
  --- @type shapewise.Page
  local made = { lines = {}, marks = {}, targets = {} }
  if open.filter and open.filter ~= "" then
    table.insert(made.lines, t("filter: {filter}", { filter = open.filter }))
    table.insert(made.marks, { 0, 0, #made.lines[1], "Comment" })
  end
  if #shown == 0 then
    table.insert(made.lines, t("No tensors are known here."))
    return made
  end
  local rows = { {} }
  for _, column in ipairs(COLUMNS) do
    table.insert(rows[1], column.title())
  end
  rows[1][1] = "  " .. rows[1][1]
  local first = #made.lines + 1
  for index, tensor in ipairs(shown) do
    local row = {}
    for _, column in ipairs(COLUMNS) do
      table.insert(row, plain(column.text(tensor)))
    end
    table.insert(rows, row)
    made.targets[first + index] = { uri = tensor.uri, range = tensor.range }
  end
  draw(rows, shown, made)
  -- Text is short where a line was cut at its end.
  for _, mark in ipairs(made.marks) do
    mark[3] = math.min(mark[3], #made.lines[mark[1] + 1])
  end
  return made
end

--- Open the window.
function M.open()
  local options = config.get().inspector or {}
  local below = options.position ~= "right"
  local whole = below and vim.o.lines or vim.o.columns
  panel.open({
    name = "inspector",
    method = "shapewise/tensors",
    page = page,
    split = below and "below" or "right",
    size = options.size or math.floor(whole / 3),
    keys = {
      f = function(open)
        vim.ui.input({ prompt = t("Filter: "), default = open.filter }, function(filter)
          if filter then
            open.filter = filter
            panel.draw(open)
          end
        end)
      end,
    },
  })
end

return M
