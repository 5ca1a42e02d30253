/* files.mjs - the files that are served: made of the sources, small, and our own alone. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { equal, ok, test } from './harness.mjs';

const HTDOCS = 'deploy/htdocs', BYTES_MAX = 100 * 1000;
const FILES = ['app.css', 'app.js', 'icon.svg', 'index.html', 'licenses.txt'];

test('what is committed is what the sources give', async ({ later }) => {
    const to = mkdtempSync(join(tmpdir(), 'la-page-'));
    later(() => rmSync(to, { recursive: true }));
    execFileSync('node', ['deploy/page/build.mjs', 'build/page/node_modules', to], { stdio: 'pipe' });
    equal('files', readdirSync(HTDOCS).sort(), FILES);
    equal('files that are built', readdirSync(to).sort(), FILES);
    for (const file of FILES) {
        ok(`${file} is as the sources give it; run make page`, readFileSync(join(to, file)).equals(readFileSync(join(HTDOCS, file))));
    }
});

test('all of it is below 100 kB', async () => {
    const bytes = FILES.reduce((sum, file) => sum + gzipSync(readFileSync(join(HTDOCS, file))).length, 0);
    ok(`${bytes} bytes`, bytes < BYTES_MAX);
    console.log(`      ${bytes} bytes compressed, ${FILES.reduce((sum, f) => sum + readFileSync(join(HTDOCS, f)).length, 0)} as they are`);
});

test('no address of another host, no way to make markup of a text', async () => {
    for (const file of FILES.filter((f) => f !== 'licenses.txt')) {
        const foreign = readFileSync(join(HTDOCS, file), 'utf8').match(/https?:\/\/[\w.-]+/g) ?? [];
        equal(`addresses in ${file}`, foreign.filter((a) => !/^http:\/\/www\.w3\.org$/.test(a)), []);
    }
    const html = readFileSync(join(HTDOCS, 'index.html'), 'utf8');
    ok('no inline script, style or handler', !/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/i.test(html));
    ok('addresses are relative', !/(?:href|src)="(?:\/|[a-z]+:)/i.test(html));
    for (const file of readdirSync('deploy/page/src')) {
        const text = readFileSync(join('deploy/page/src', file), 'utf8');
        ok(`${file} makes text nodes alone`, !/innerHTML|outerHTML|insertAdjacent|document\.write|dangerously|\beval\b|new Function|DOMParser/.test(text));
    }
});

test('the lock files name no hosts', async () => {
    for (const file of ['deploy/page/package-lock.json', 'tests/page/package-lock.json']) {
        const packages = Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages).filter(([name]) => name !== '');
        ok(`${file}: checksums and no addresses`, packages.length > 1 && packages.every(([, p]) => p.integrity && !p.resolved));
    }
});
