-- Drives every request of `kgrep lsp` with Neovim's own client, without a screen.
--
--     cp -r tests/trees/kernel /tmp/tree
--     KGREP=target/debug/kgrep KGREP_TREE=/tmp/tree nvim --headless -u NONE -c 'luafile scripts/lsp-neovim.lua'
--
-- Exit status 0: each was answered as it should be.
local tree = vim.loop.fs_realpath(os.getenv('KGREP_TREE'))
local program = vim.loop.fs_realpath(os.getenv('KGREP'))
local failed, asked = 0, 0

local function check(what, is_right, told)
  asked = asked + 1
  if not is_right then
    failed = failed + 1
    io.stderr:write(what .. ': ' .. vim.inspect(told) .. '\n')
  end
end

local client_id = vim.lsp.start_client({ name = 'kgrep', cmd = { program, 'lsp' }, root_dir = tree,
  workspace_folders = { { uri = vim.uri_from_fname(tree), name = 'tree' } } })

-- Opens a file and puts the cursor on a text, `skip` columns in.
local function open(path, text, skip)
  vim.cmd('edit! ' .. tree .. '/' .. path)
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.buf_attach_client(buffer, client_id)
  vim.wait(5000, function() return vim.lsp.get_client_by_id(client_id).initialized end, 5)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search('\\V' .. text, 'cW') > 0, text)
  vim.fn.cursor(vim.fn.line('.'), vim.fn.col('.') + (skip or 0))
  return buffer
end

local function ask(method, params, buffer)
  local found = vim.lsp.buf_request_sync(buffer or 0, method, params, 10000) or {}
  local answer = found[client_id] or {}
  return answer.result, answer.error
end

local function here()
  return vim.lsp.util.make_position_params(0, vim.lsp.get_client_by_id(client_id).offset_encoding)
end

local function lines(found)
  local all = {}
  for _, place in ipairs(found or {}) do
    local range = place.range or place.targetSelectionRange
    local path = vim.uri_to_fname(place.uri or place.targetUri):sub(#tree + 2)
    table.insert(all, path .. ':' .. (range.start.line + 1))
  end
  return table.concat(all, ' ')
end

local alloc = '= kmem_cache_alloc(ext4'
local buffer = open('fs/ext4/inode.c', alloc, 8)
for method, wanted in pairs({ definition = 'mm/slab.c:39', declaration = 'include/linux/slab.h:12' }) do
  local found = lines((ask('textDocument/' .. method, here())))
  check(method, vim.startswith(found, wanted:match('^[^:]*')), found)
end
local hover = ask('textDocument/hover', here())
check('hover', hover and hover.contents.value:find('kmem_cache_alloc', 1, true), hover)
local params = here()
params.context = { includeDeclaration = true }
check('references', #(ask('textDocument/references', params) or {}) >= 3)
check('highlight', #(ask('textDocument/documentHighlight', here()) or {}) == 1)
check('completion', #((ask('textDocument/completion', here()) or {}).items or {}) > 0)
local document = { textDocument = { uri = vim.uri_from_bufnr(buffer) } }
check('symbols', #(ask('textDocument/documentSymbol', document) or {}) >= 6)
check('folds', #(ask('textDocument/foldingRange', document) or {}) >= 4)
check('links', #(ask('textDocument/documentLink', document) or {}) == 2)
check('workspace', #(ask('workspace/symbol', { query = 'pivot root' }) or {}) > 0)
local item = (ask('textDocument/prepareCallHierarchy', here()) or {})[1]
check('prepare', item ~= nil)
for _, way in ipairs({ 'incomingCalls', 'outgoingCalls' }) do
  local found, wrong = ask('callHierarchy/' .. way, { item = item })
  check(way, found ~= nil and not wrong, wrong)
end

open('fs/ext4/inode.c', '.alloc_inode', 3)
check('implementation', lines((ask('textDocument/implementation', here()))) ~= '')
open('fs/ext4/file.c', 'ei->i_flags', 1)
check('type', vim.startswith(lines((ask('textDocument/typeDefinition', here()))), 'fs/ext4/ext4.h'))
open('fs/namespace.c', 'kstrdup(name, GFP', 15)
local help = ask('textDocument/signatureHelp', here())
check('signature', help and help.activeParameter == 1, help)

-- An edit that isn't saved counts in the next answer.
buffer = open('mm/util.c', 'kstrdup', 0)
vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { 'int edited(void)', '{', '\treturn may_mount();', '}' })
local found = ask('workspace/symbol', { query = 'edited' })
check('edit', found and found[1] and found[1].name == 'edited', found)

vim.lsp.stop_client(client_id)
local ended = vim.wait(5000, function() return vim.lsp.get_client_by_id(client_id) == nil end, 10)
check('shutdown', ended)
io.stdout:write(string.format('%d asked, %d failed\n', asked, failed))
vim.cmd(failed == 0 and 'qall!' or 'cquit 1')
