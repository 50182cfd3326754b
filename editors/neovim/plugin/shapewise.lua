if vim.g.loaded_shapewise then
  return
end
vim.g.loaded_shapewise = true

if vim.fn.has("nvim-0.11") == 0 then
  vim.notify("Shapewise needs Neovim 0.11 or newer.", vim.log.levels.WARN)
  return
end

vim.api.nvim_create_user_command("Shapewise", function(command)
  require("shapewise.command").run(command)
end, {
  nargs = "*",
  range = true,
  bang = true,
  desc = "Shapewise: the shapes of tensors",
  complete = function(lead, line, cursor)
    return require("shapewise.command").complete(lead, line, cursor)
  end,
})

vim.api.nvim_create_autocmd("LspAttach", {
  group = vim.api.nvim_create_augroup("shapewise.attach", {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == "shapewise" then
      require("shapewise.attach").attach(client, event.buf)
    end
  end,
})
