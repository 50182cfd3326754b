--- `:Shapewise flow`: how shapes flow through the function at the cursor, as text.
local panel = require("shapewise.panel")
local t = require("shapewise.messages").t

local M = {}

--- What the first character of a line says of it.
local HIGHLIGHTS = {
  ["✗"] = "DiagnosticError",
  ["╳"] = "DiagnosticError",
  ["■"] = "Function",
  ["│"] = "Comment",
  ["┆"] = "Comment",
}

--- @param answer table? of `shapewise/shapeFlow`
--- @return shapewise.Page
local function page(answer)
  if not answer then
    return { lines = { t("There is no flow of shapes here.") } }
  end
  local lines, marks, targets = {}, {}, {}
  for index, line in ipairs(answer.lines) do
    lines[index] = line.text
    local group = index == 1 and "Title" or HIGHLIGHTS[vim.fn.strcharpart(line.text, 0, 1)]
    if group and line.text ~= "" then
      table.insert(marks, { index - 1, 0, #line.text, group })
    end
    -- JSON counts nodes from 0.
    local node = type(line.node) == "number" and answer.nodes[line.node + 1]
    if node then
      targets[index] = { uri = node.uri, range = node.range }
    end
  end
  return { lines = lines, marks = marks, targets = targets }
end

--- Open the window.
function M.open()
  panel.open({
    name = "flow",
    method = "shapewise/shapeFlow",
    page = page,
    split = "right",
    wrap = true,
    size = math.max(40, math.floor(vim.o.columns * 0.4)),
  })
end

return M
