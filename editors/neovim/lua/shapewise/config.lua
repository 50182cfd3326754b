--- The plugin's options: defaults, then `vim.g.shapewise`, then what `setup` was given.
local M = {}

--- @class shapewise.Options
--- @field server? string[] the server's command; nil to look for it
--- @field inlay_hints? boolean shapes beside the names, from the start
--- @field codelens? boolean what the server offers above a line
--- @field hover? shapewise.HoverOptions|false false leaves the key `K` alone
--- @field inspector? shapewise.InspectorOptions
--- @field settings? table the section `shapewise` of the server's settings

--- @class shapewise.HoverOptions
--- @field max_width? integer columns
--- @field max_height? integer lines

--- @class shapewise.InspectorOptions
--- @field position? "right"|"below"
--- @field size? integer columns or lines; nil for a third of the screen

--- @type shapewise.Options
local defaults = {
  inlay_hints = true,
  codelens = true,
  hover = { max_width = 88, max_height = 24 },
  inspector = { position = "below" },
  settings = {},
}

local types = {
  server = "table",
  inlay_hints = "boolean",
  codelens = "boolean",
  hover = { "table", "boolean" },
  inspector = "table",
  settings = "table",
}

local given = {} --- @type shapewise.Options

--- The options in force.
--- @return shapewise.Options
function M.get()
  local global = type(vim.g.shapewise) == "table" and vim.g.shapewise or {}
  return vim.tbl_deep_extend("force", defaults, global, given)
end

--- Choose options, and tell a server that runs already.
--- @param options shapewise.Options
function M.set(options)
  for name, value in pairs(options) do
    if not types[name] then
      error(("shapewise: there is no option `%s`"):format(name), 3)
    end
    vim.validate("shapewise: " .. name, value, types[name])
  end
  given = options
  if options.settings then
    vim.lsp.config("shapewise", { settings = { shapewise = options.settings } })
    for _, client in ipairs(vim.lsp.get_clients({ name = "shapewise" })) do
      client.settings = vim.tbl_deep_extend("force", client.settings or {}, {
        shapewise = options.settings,
      })
      client:notify("workspace/didChangeConfiguration", { settings = client.settings })
    end
  end
end

--- A hover's window: as wide as a sentence is easily read, never wider than the screen.
--- @param options vim.lsp.buf.hover.Opts?
--- @return vim.lsp.buf.hover.Opts
function M.hover(options)
  local wanted = M.get().hover or {}
  --- @cast wanted shapewise.HoverOptions
  local width = math.min(wanted.max_width or defaults.hover.max_width, vim.o.columns - 4)
  local height = math.min(wanted.max_height or defaults.hover.max_height, vim.o.lines - 4)
  return vim.tbl_extend("force", {
    max_width = math.max(width, 20),
    max_height = math.max(height, 3),
  }, options or {})
end

return M
