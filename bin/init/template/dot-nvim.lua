-- Neovim 0.11 or newer reads this file when `:set exrc` is on and you trusted it (:trust).
vim.lsp.config("yamlls", {
  cmd = { "yaml-language-server", "--stdio" },
  filetypes = { "yaml" },
  root_markers = { "package.json", ".git" },
  settings = {
    yaml = {
      schemas = { ["./schemas/vrsky.schema.json"] = { "*.vrsky.yaml", "*.vrsky.yml", "flows/**/*.test.yaml" } },
    },
  },
})
vim.lsp.enable("yamlls")

-- What a schema cannot know: expressions, targets, names across files.
vim.lsp.config("vrsky", {
  cmd = { "npx", "vrsky", "lsp", "--stdio" },
  filetypes = { "yaml" },
  root_markers = { "package.json", ".git" },
  -- The YAML language server marks these, too.
  init_options = { schemaDiagnostics = false },
})
vim.lsp.enable("vrsky")
