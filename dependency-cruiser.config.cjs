// Which way dependencies may point (ARCHITECTURE.md). One rule per layer says what it may import; `npm run check` enforces it.
// CommonJS because dependency-cruiser loads it so.

/** A layer that may import itself and `mayUse` (patterns from the root) of this project, and nothing else of it. */
const layer = (name, from, mayUse) => ({
  name: `layer:${name}`,
  severity: 'error',
  comment: `${name} may import only: ${mayUse.join(', ') || 'itself'}`,
  from: { path: from.includes('^') ? from : `^${from}/` },
  to: {
    path: '^(app|main|renderer|build|test)/',
    pathNot: [from.includes('^') ? from : `^${from}/`, ...mayUse.map((path) => `^${path}`)],
  },
});

/** The doors in main/sip's root, open to all of sip. */
const doors = 'main/sip/(clock|random|network)\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: { path: '^(app|main|build)/' }, to: { couldNotResolve: true } },

    layer('app/domain', 'app/domain', []),
    layer('app/bridge', 'app/bridge', ['app/domain/']),
    layer('app/preload', 'app/preload', ['app/domain/', 'app/bridge/']),

    layer('sip doors', '^main/sip/(clock|random|network)\\.ts$', []),
    layer('sip/uri', 'main/sip/uri', [doors]),
    layer('sip/message', 'main/sip/message', [doors, 'main/sip/uri/']),
    layer('sip/dns', 'main/sip/dns', [doors]),
    layer('sip/auth', 'main/sip/auth', [doors, 'main/sip/uri/', 'main/sip/message/']),
    layer('sip/locate', 'main/sip/locate', [doors, 'main/sip/uri/', 'main/sip/message/']),
    layer('sip/transport', 'main/sip/transport', [doors, 'main/sip/uri/', 'main/sip/message/']),
    layer('sip/transaction', 'main/sip/transaction', [doors, 'main/sip/uri/', 'main/sip/message/', 'main/sip/transport/']),
    layer('sip/dialog', 'main/sip/dialog', [doors, 'main/sip/uri/', 'main/sip/message/', 'main/sip/transport/', 'main/sip/transaction/']),
    layer('sip/sdp', 'main/sip/sdp', []),
    layer('sip/session', 'main/sip/session', [
      doors,
      'main/sip/uri/',
      'main/sip/message/',
      'main/sip/transport/',
      'main/sip/transaction/',
      'main/sip/dialog/',
      'main/sip/sdp/',
      'main/sip/endpoint\\.ts$',
    ]),
    layer('sip', 'main/sip', []),
    layer('simple/document', 'main/simple/document', []),
    layer('simple', 'main/simple', ['main/sip/index\\.ts$']),
    layer('store', 'main/store', ['app/domain/']),
    layer('accounts', 'main/accounts', ['app/domain/', 'app/bridge/', 'main/sip/index\\.ts$', 'main/simple/', 'main/store/']),
    layer('shell', 'main/shell', ['app/domain/', 'app/bridge/', 'main/accounts/', 'main/store/', 'main/sip/index\\.ts$', 'main/simple/']),
    layer('headless', 'main/headless', [
      'app/domain/',
      'app/bridge/',
      'main/accounts/',
      'main/store/',
      'main/sip/index\\.ts$',
      'main/simple/',
    ]),
    layer('renderer', 'renderer', ['app/domain/', 'app/bridge/']),
    layer('build', 'build', []),
    {
      name: 'every-folder-has-a-layer',
      severity: 'error',
      comment: 'A new folder needs its own rule above.',
      from: {
        path: '^(app|main)/',
        pathNot: '^(app/(domain|bridge|preload)|main/(sip|simple|store|accounts|shell|headless))/',
      },
      to: {},
    },

    {
      name: 'electron-only-in-shell-and-preload',
      severity: 'error',
      from: { path: '^(app|main|renderer)/', pathNot: '^(main/shell|app/preload)/' },
      to: { path: '^electron(/|$)|node_modules/electron(-store)?/' },
    },
    {
      name: 'sqlite-only-in-store',
      severity: 'error',
      from: { path: '^(app|main|renderer)/', pathNot: '^main/store/' },
      to: { path: 'better-sqlite3|^(node:)?sqlite$' },
    },
    {
      name: 'xml-parser-only-in-documents',
      severity: 'error',
      from: { path: '^(app|main|renderer)/', pathNot: '^main/simple/document/' },
      to: { path: 'node_modules/saxes' },
    },
    {
      name: 'certificate-library-only-when-needed',
      severity: 'error',
      comment: 'It is large, and accounts with a server have no use for it: import it dynamically.',
      from: { path: '^(app|main|renderer)/' },
      to: { path: 'node_modules/(@peculiar|reflect-metadata)/', dynamic: false },
    },
    {
      name: 'sip-and-simple-need-only-node',
      severity: 'error',
      from: { path: '^main/(sip|simple)/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/(saxes|xmlchars|(@types/)?dns-packet|@types/node|undici-types)/' },
    },
    {
      name: 'no-node-in-app-or-renderer',
      severity: 'error',
      from: { path: '^(app|renderer)/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'wire-documents-are-pure', severity: 'error', from: { path: '^main/simple/document/' }, to: { dependencyTypes: ['core'] } },
    {
      name: 'no-test-or-build-in-the-product',
      severity: 'error',
      from: { path: '^(app|main|renderer)/' },
      to: { path: '^(test|build)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out|artefacts)/' },
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
