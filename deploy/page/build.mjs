/* usage: node build.mjs MODULES TO
 * Builds the page from src into the folder TO, with what npm has put into MODULES. The same
 * sources give the same bytes: what is in ../htdocs is compared with it. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [modules, to] = process.argv.slice(2).map((path) => resolve(path));
const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(modules, 'x'));
const { build } = require('esbuild');
const preact = dirname(require.resolve('preact/package.json'));
const { version } = require('preact/package.json');

const options = {
    absWorkingDir: join(here, 'src'),
    bundle: true,
    minify: true,
    charset: 'utf8',
    legalComments: 'none', // licenses.txt has them
    logLevel: 'warning',
    target: ['chrome111', 'firefox121', 'safari16.4'],
    nodePaths: [modules],
};
const name = '/* System Logs Analyzer; sources in deploy/page, licences in licenses.txt */';

await mkdir(to, { recursive: true });
await build({
    ...options,
    entryPoints: ['main.jsx'],
    outfile: join(to, 'app.js'),
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    banner: { js: name },
});
await build({ ...options, entryPoints: ['style.css'], outfile: join(to, 'app.css'), banner: { css: name } });
for (const file of ['index.html', 'icon.svg']) {
    await cp(join(here, 'src', file), join(to, file));
}
const licence = (path) => readFile(path, 'utf8').then((text) => text.trim());
await writeFile(join(to, 'licenses.txt'), `System Logs Analyzer\n\n${await licence(join(here, '../../LICENSE'))}

----------------------------------------------------------------

app.js holds Preact ${version}\n\n${await licence(join(preact, 'LICENSE'))}\n`);
