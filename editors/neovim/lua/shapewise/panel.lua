--- A window beside the program that shows what is known at the cursor, and follows it.
local client = require("shapewise.client")
local scratch = require("shapewise.scratch")

local M = {}

local PAUSE_MS = 80
local NAMESPACE = vim.api.nvim_create_namespace("shapewise.panel")
local NEWS = { "ShapewiseStatus", "ShapewiseTrace" }

--- @class shapewise.Page what a panel shows
--- @field lines string[]
--- @field marks? {[1]: integer, [2]: integer, [3]: integer, [4]: string}[] line and columns
--- from 0, and a highlight group
--- @field targets? table<integer, lsp.Location> where a line (from 1) leads

--- @class shapewise.Panel
--- @field name string
--- @field method string the request, made with a document and a position
--- @field page fun(answer: any, panel: shapewise.OpenPanel): shapewise.Page
--- @field split "below"|"right"
--- @field size integer?
--- @field wrap boolean?
--- @field keys? table<string, fun(panel: shapewise.OpenPanel)>

--- @class shapewise.OpenPanel: shapewise.Panel
--- @field bufnr integer
--- @field source integer the buffer it speaks of
--- @field targets table<integer, lsp.Location>
--- @field asked integer number of the last request
--- @field answer any the last one
--- @field filter string?

local open = {} --- @type table<string, shapewise.OpenPanel>

--- Draw the last answer.
--- @param panel shapewise.OpenPanel
function M.draw(panel)
  if not vim.api.nvim_buf_is_valid(panel.bufnr) then
    return
  end
  local page = panel.page(panel.answer, panel)
  panel.targets = page.targets or {}
  if not vim.deep_equal(vim.api.nvim_buf_get_lines(panel.bufnr, 0, -1, true), page.lines) then
    scratch.write(panel.bufnr, page.lines)
  end
  vim.api.nvim_buf_clear_namespace(panel.bufnr, NAMESPACE, 0, -1)
  for _, mark in ipairs(page.marks or {}) do
    vim.api.nvim_buf_set_extmark(panel.bufnr, NAMESPACE, mark[1], mark[2], {
      end_col = mark[3],
      hl_group = mark[4],
    })
  end
end

--- Ask for what is at the cursor, and draw it.
--- @param panel shapewise.OpenPanel
local function refresh(panel)
  local window = vim.api.nvim_get_current_win()
  local bufnr = vim.api.nvim_win_get_buf(window)
  if bufnr == panel.bufnr then
    -- The cursor is in the panel: it goes on speaking of where it was in the program.
    bufnr = panel.source
    window = vim.fn.bufwinid(bufnr)
  end
  local server = window ~= -1 and client.of(bufnr)
  if not server then
    return
  end
  panel.source = bufnr
  panel.asked = panel.asked + 1
  local asked = panel.asked
  local params = vim.lsp.util.make_position_params(window, server.offset_encoding)
  server:request(panel.method, params, function(fault, answer)
    -- A request that was cancelled or overtaken has nothing to say.
    if not fault and asked == panel.asked then
      panel.answer = answer ~= vim.NIL and answer or nil
      M.draw(panel)
    end
  end, bufnr)
end

--- @param panel shapewise.OpenPanel
local function follow(panel)
  local group = vim.api.nvim_create_augroup("shapewise.panel." .. panel.name, {})
  local timer = assert(vim.uv.new_timer())
  local function later()
    timer:start(PAUSE_MS, 0, function()
      vim.schedule(function()
        if open[panel.name] == panel then
          refresh(panel)
        end
      end)
    end)
  end
  vim.api.nvim_create_autocmd(
    { "BufEnter", "CursorMoved", "CursorMovedI", "TextChanged", "InsertLeave", "DiagnosticChanged" },
    {
      group = group,
      callback = function(event)
        if event.buf ~= panel.bufnr then
          later()
        end
      end,
    }
  )
  vim.api.nvim_create_autocmd("User", { group = group, pattern = NEWS, callback = later })
  vim.api.nvim_create_autocmd("BufWipeout", {
    group = group,
    buffer = panel.bufnr,
    callback = function()
      open[panel.name] = nil
      timer:close()
      vim.api.nvim_del_augroup_by_id(group)
    end,
  })
end

--- Go to what a line of the panel speaks of.
--- @param panel shapewise.OpenPanel
local function jump(panel)
  local target = panel.targets[vim.api.nvim_win_get_cursor(0)[1]]
  local server = client.of(panel.source)
  if not target or not server then
    return
  end
  local window = vim.fn.bufwinid(panel.source)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
  end
  vim.lsp.util.show_document(target, server.offset_encoding, { focus = true })
end

--- Open a panel for the current buffer; one that is open already is asked anew.
--- @param kind shapewise.Panel
function M.open(kind)
  if not client.need() then
    return
  end
  local panel = open[kind.name]
  if not panel then
    panel = vim.tbl_extend("error", kind, {
      source = vim.api.nvim_get_current_buf(),
      targets = {},
      asked = 0,
    }) --[[@as shapewise.OpenPanel]]
    local window
    panel.bufnr, window = scratch.show({}, {
      name = kind.name,
      filetype = "shapewise",
      split = kind.split,
      size = kind.size,
    })
    vim.wo[window].wrap = kind.wrap or false
    vim.wo[window].linebreak = true
    vim.wo[window].breakindent = true
    vim.wo[window].breakindentopt = "shift:2"
    scratch.plain(window)
    vim.wo[window].cursorline = true
    vim.wo[window].winfixheight = kind.split ~= "right"
    vim.wo[window].winfixwidth = kind.split == "right"
    vim.keymap.set("n", "<CR>", function()
      jump(panel)
    end, { buffer = panel.bufnr })
    for key, action in pairs(kind.keys or {}) do
      vim.keymap.set("n", key, function()
        action(panel)
      end, { buffer = panel.bufnr, nowait = true })
    end
    open[kind.name] = panel
    follow(panel)
  end
  refresh(panel)
end

return M
