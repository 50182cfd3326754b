--- Sentences in the reader's language: English, or one that has a table in `locale/`.
local M = {}

--- The language of Neovim's own messages, as a BCP 47 tag; "en" where it is not told.
---
--- Where the system lacks a locale, Neovim says "C"; the environment tells what was wanted.
--- @return string
function M.locale()
  local candidates = { vim.v.lang }
  for _, variable in ipairs({ "LC_ALL", "LC_MESSAGES", "LANG" }) do
    local value = vim.env[variable]
    if value and value ~= "" then
      table.insert(candidates, value)
      break
    end
  end
  for _, candidate in ipairs(candidates) do
    local tag = candidate:match("^%a%a%a?[_-]?%a*")
    if tag then
      return (tag:gsub("_", "-"))
    end
  end
  return "en"
end

--- The language in force: the one of the settings, else Neovim's.
--- @return string "en" or "pt-BR"
function M.language()
  local settings = (vim.lsp.config.shapewise or {}).settings or {}
  local wanted = vim.tbl_get(settings, "shapewise", "language")
  if type(wanted) ~= "string" or wanted == "auto" then
    wanted = M.locale()
  end
  return wanted:lower():match("^pt") and "pt-BR" or "en"
end

--- A sentence; `{name}` in it stands for a value.
--- @param sentence string in English
--- @param values table<string, any>?
--- @return string
function M.t(sentence, values)
  if M.language() == "pt-BR" then
    sentence = require("shapewise.locale.pt_BR")[sentence] or sentence
  end
  return (sentence:gsub("{(%w+)}", function(name)
    local value = (values or {})[name]
    return value ~= nil and tostring(value) or nil
  end))
end

--- Tell the user something.
--- @param message string
--- @param level integer? of `vim.log.levels`
function M.notify(message, level)
  vim.notify("Shapewise: " .. message, level or vim.log.levels.INFO)
end

return M
