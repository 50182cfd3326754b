--- `:Shapewise explain [CODE]`: the page of a diagnostic.
local client = require("shapewise.client")
local messages = require("shapewise.messages")
local scratch = require("shapewise.scratch")
local t, notify = messages.t, messages.notify

local M = {}

--- Whether a diagnostic is of the analysis, or of a traced run.
--- @param diagnostic vim.Diagnostic
--- @return boolean
local function ours(diagnostic)
  return vim.startswith(diagnostic.source or "", "shapewise") and diagnostic.code ~= nil
end

--- The code of Shapewise's diagnostic on the cursor's line: the nearest to the cursor.
--- @return string?
function M.code_at_cursor()
  local line, column = unpack(vim.api.nvim_win_get_cursor(0))
  local nearest, distance
  for _, diagnostic in ipairs(vim.diagnostic.get(0, { lnum = line - 1 })) do
    if ours(diagnostic) then
      local away = math.max(diagnostic.col - column, column - (diagnostic.end_col or column), 0)
      if not distance or away < distance then
        nearest, distance = tostring(diagnostic.code), away
      end
    end
  end
  return nearest
end

--- The codes of the current buffer's diagnostics, each once.
--- @return string[]
function M.codes()
  local codes = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    if ours(diagnostic) then
      codes[tostring(diagnostic.code)] = true
    end
  end
  codes = vim.tbl_keys(codes)
  table.sort(codes)
  return codes
end

--- Show a page in a window of its own.
--- @param code string? that of the diagnostic at the cursor if nil
function M.explain(code)
  code = code and code:upper() or M.code_at_cursor()
  if not code then
    notify(t("There is no diagnostic on this line. Name one: :Shapewise explain SW101"))
    return
  end
  local server = client.need()
  if not server then
    return
  end
  client.request(server, "shapewise/explain", { code = code }, function(page)
    if not page then
      notify(t("There is no diagnostic {code}.", { code = code }), vim.log.levels.WARN)
      return
    end
    local lines = vim.split(page.markdown, "\n", { trimempty = true })
    scratch.show_markdown(lines, code)
  end)
end

return M
