--- Where the server is, and how it is started.
local t = require("shapewise.messages").t
local config = require("shapewise.config")

local M = {}

local WINDOWS = vim.fn.has("win32") == 1
local MARKERS = { "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", ".venv", ".git" }

local told = false

--- @param environment string? a virtual environment's folder
--- @return string?
local function in_environment(environment)
  if not environment or environment == "" then
    return nil
  end
  local program = WINDOWS and { "Scripts", "shapewise.exe" } or { "bin", "shapewise" }
  local path = vim.fs.joinpath(environment, unpack(program))
  return vim.fn.executable(path) == 1 and path or nil
end

--- The folder of the project that a file belongs to.
--- @param file integer|string a buffer or a path
--- @return string?
function M.root(file)
  return vim.fs.root(file, MARKERS)
end

--- The server's command: the one that was set, else the active environment's, the one on the
--- PATH, or that of the project's own environment. Nil where there is none.
--- @param root string?
--- @return string[]?
function M.command(root)
  local set = config.get().server
  if set then
    return set
  end
  local program = in_environment(vim.env.VIRTUAL_ENV) or in_environment(vim.env.CONDA_PREFIX)
  if not program and vim.fn.executable("shapewise") == 1 then
    program = vim.fn.exepath("shapewise")
  end
  for _, name in ipairs({ ".venv", "venv" }) do
    program = program or root and in_environment(vim.fs.joinpath(root, name))
  end
  return program and { program, "serve" } or nil
end

--- Why a command cannot be started; nil if it can.
--- @param command string[]?
--- @return string?
function M.fault(command)
  if not command then
    return t(
      "The program shapewise was not found. Install it with `pipx install shapewise`, or name it in the option `server`."
    )
  end
  if vim.fn.executable(command[1]) == 0 then
    return t("{program} cannot be started.", { program = command[1] })
  end
  return nil
end

--- For `vim.lsp.Config.root_dir`: a project's folder, or none for a file on its own.
---
--- Where there is no server the buffer is left alone, and that is said once.
--- @param bufnr integer
--- @param on_dir fun(root: string?)
function M.root_dir(bufnr, on_dir)
  local root = M.root(bufnr)
  local fault = M.fault(M.command(root))
  if not fault then
    on_dir(root)
  elseif not told then
    told = true
    vim.schedule(function()
      vim.notify("Shapewise: " .. fault .. " (:checkhealth shapewise)", vim.log.levels.WARN)
    end)
  end
end

--- For `vim.lsp.Config.cmd`: starts the server of a project.
--- @param dispatchers vim.lsp.rpc.Dispatchers
--- @param client vim.lsp.ClientConfig? Neovim 0.11.0 does not hand it over
--- @return vim.lsp.rpc.PublicClient
function M.start(dispatchers, client)
  local root = client and client.root_dir or vim.uv.cwd()
  local command = M.command(root)
  local fault = M.fault(command)
  if fault then
    error(fault, 0)
  end
  --- @cast command string[]
  return vim.lsp.rpc.start(command, dispatchers, { cwd = root, env = client and client.cmd_env })
end

return M
