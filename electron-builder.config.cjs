// How the app is packed for Linux, Windows and macOS. CommonJS because electron-builder loads it so.

/** Leaves out better-sqlite3's binaries for other systems. */
const sqlite = (system) => [`!node_modules/better-sqlite3/prebuilds/!(${system}-\${arch}).node`];

/** @type {import('electron-builder').Configuration} */
module.exports = {
  appId: 'org.watchword.Watchword',
  productName: 'Watchword',
  copyright: 'The Watchword authors. MIT licence.',
  directories: { output: 'out', buildResources: 'build/icon' },
  // Everything else is bundled into dist/.
  files: [
    'dist/main/**',
    'dist/preload/**',
    'dist/renderer/**',
    'dist/icon/**',
    'package.json',
    'LICENSE',
    '!node_modules/better-sqlite3/{src,deps}/**',
    '!node_modules/better-sqlite3/binding.gyp',
    '!node_modules/node-addon-api/**',
  ],
  asar: true,
  asarUnpack: ['**/*.node'],
  npmRebuild: false,
  nodeGypRebuild: false,
  // SECURITY: the packed binary is the app and nothing else: no plain Node, no debugger, only our own checked archive.
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    target: ['deb', 'rpm', 'AppImage'],
    files: sqlite('linux'),
    category: 'Network;InstantMessaging',
    synopsis: 'Instant messaging and presence over open SIP',
    maintainer: 'The Watchword authors <maintainers@watchword.example>',
  },
  win: { target: ['nsis'], files: sqlite('win32'), icon: 'build/icon/icon.ico' },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true, deleteAppDataOnUninstall: false },
  mac: { target: ['dmg'], files: sqlite('darwin'), category: 'public.app-category.social-networking', icon: 'build/icon/icon.icns' },
  publish: null,
};
