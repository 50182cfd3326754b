--- Windows for text that belongs to no file.
local M = {}

--- @class shapewise.Scratch
--- @field name string shown as the buffer's name
--- @field filetype string?
--- @field split "below"|"right"|nil nil for the place where help is shown
--- @field size integer? lines or columns
--- @field focus boolean? whether the cursor goes there

--- Show lines in a window of their own; a window that shows this name already is used again.
--- @param lines string[]
--- @param options shapewise.Scratch
--- @return integer bufnr
--- @return integer winid
function M.show(lines, options)
  local name = "shapewise://" .. options.name
  local bufnr = vim.fn.bufnr("^" .. vim.fn.escape(name, "?*[]{},\\^$.~") .. "$")
  if bufnr == -1 then
    bufnr = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(bufnr, name)
    vim.bo[bufnr].bufhidden = "wipe"
    vim.bo[bufnr].swapfile = false
    vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = bufnr, nowait = true })
  end
  M.write(bufnr, lines)
  local winid = vim.fn.bufwinid(bufnr)
  if winid == -1 then
    winid = vim.api.nvim_open_win(bufnr, options.focus or false, {
      split = options.split or "below",
      win = -1,
      height = options.split ~= "right" and options.size or nil,
      width = options.split == "right" and options.size or nil,
    })
  elseif options.focus then
    vim.api.nvim_set_current_win(winid)
  end
  if options.filetype then
    vim.bo[bufnr].filetype = options.filetype
  end
  return bufnr, winid
end

--- Show Markdown to be read: the cursor goes there.
--- @param lines string[]
--- @param name string
--- @return integer bufnr
function M.show_markdown(lines, name)
  local bufnr, window = M.show(lines, {
    name = name,
    filetype = "markdown",
    size = math.floor(vim.o.lines * 0.6),
    focus = true,
  })
  pcall(vim.treesitter.start, bufnr, "markdown")
  M.plain(window)
  vim.wo[window].conceallevel = 2
  vim.wo[window].concealcursor = "nc"
  vim.wo[window].wrap = true
  vim.wo[window].linebreak = true
  vim.api.nvim_win_set_cursor(window, { 1, 0 })
  return bufnr
end

--- Take away what belongs beside a program only.
--- @param window integer
function M.plain(window)
  vim.wo[window].number = false
  vim.wo[window].relativenumber = false
  vim.wo[window].signcolumn = "no"
  vim.wo[window].foldcolumn = "0"
  vim.wo[window].spell = false
end

--- Replace what a buffer holds; the user cannot.
--- @param bufnr integer
--- @param lines string[]
function M.write(bufnr, lines)
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
end

return M
