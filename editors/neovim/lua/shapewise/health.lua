--- `:checkhealth shapewise`
local client = require("shapewise.client")
local server = require("shapewise.server")
local t = require("shapewise.messages").t

local M = {}

local OLDEST = "nvim-0.11"

local function check_neovim()
  vim.health.start("Neovim")
  local version = tostring(vim.version())
  if vim.fn.has(OLDEST) == 1 then
    vim.health.ok(version)
  else
    vim.health.error(t("Neovim {version} is too old: 0.11 is needed.", { version = version }))
  end
  if vim.lsp.is_enabled("shapewise") then
    vim.health.ok(t("Shapewise is enabled."))
  else
    vim.health.warn(
      t("Shapewise is not enabled."),
      { t('Add `vim.lsp.enable("shapewise")` to your configuration.') }
    )
  end
end

local function check_program()
  vim.health.start(t("Server"))
  local root = server.root(vim.uv.cwd() or ".")
  local command = server.command(root)
  local fault = server.fault(command)
  if fault then
    vim.health.error(fault)
    return
  end
  --- @cast command string[]
  local done = vim.system({ command[1], "--version" }, { text = true, timeout = 10000 }):wait()
  local version = vim.trim(done.stdout or "")
  if done.code == 0 then
    vim.health.ok(("%s: %s"):format(version, table.concat(command, " ")))
  else
    vim.health.error(t("{program} does not answer: {reason}", {
      program = command[1],
      reason = vim.trim(done.stderr or "") .. version,
    }))
  end
end

local function check_sessions()
  vim.health.start("PyTorch")
  local clients = vim.lsp.get_clients({ name = "shapewise" })
  if #clients == 0 then
    vim.health.info(t("No server is running: no Python file is open."))
  end
  for _, one in ipairs(clients) do
    local state = client.state(one)
    local buffers = vim.tbl_count(one.attached_buffers)
    vim.health.info(t("Server {id}: {folder}, {buffers} buffers, positions in {encoding}", {
      id = one.id,
      folder = one.root_dir or t("no folder"),
      buffers = buffers,
      encoding = one.offset_encoding,
    }))
    if not state then
      vim.health.info(t("It has said nothing of PyTorch yet."))
    elseif state.kind == "ready" then
      vim.health.ok(state.message)
      local accelerator = state.accelerator ~= vim.NIL and state.accelerator or t("none")
      vim.health.info(t("Accelerator: {accelerator}", { accelerator = accelerator }))
    elseif state.kind == "starting" or state.kind == "restarting" then
      vim.health.info(state.message)
    else
      vim.health.error(state.message)
    end
  end
end

function M.check()
  check_neovim()
  check_program()
  check_sessions()
end

return M
