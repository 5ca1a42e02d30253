/* server.mjs - the real programs behind the real lighttpd.conf, in a folder of their own. */
import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from './harness.mjs';

const BUILD = resolve(process.env.LOGANALYZER_BUILD ?? 'build'), TRIES = 5;

function free_port() {
    return new Promise((done) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => done(port));
        });
    });
}

export class Server {
    constructor(settings = {}, command = ['lighttpd', '-D', '-f', resolve('lighttpd.conf')]) {
        this.settings = settings;
        this.command = command;
        this.folder = mkdtempSync(join(tmpdir(), 'la-page-'));
        mkdirSync(join(this.folder, 'home'));
        symlinkSync(resolve('deploy'), join(this.folder, 'home/deploy'));
    }

    /* On free ports; one may be taken between the look and the start, then others. */
    async start() {
        for (let i = 0; i < TRIES; i++) {
            this.port ??= await free_port();
            this.ml_port ??= await free_port();
            this.run();
            await until('the server answers or ends', async () => this.ended || await this.answers());
            if (!this.ended) {
                this.url = `http://127.0.0.1:${this.port}/`;
                return this;
            }
            this.port = this.ml_port = undefined;
        }
        throw new Error(`the server does not start: ${readFileSync(join(this.folder, 'log'), 'utf8').slice(-2000)}`);
    }

    run() {
        const log = createWriteStream(join(this.folder, 'log'), { flags: 'a' });
        this.ended = false;
        this.process = spawn(this.command[0], this.command.slice(1), {
            env: {
                PATH: `${process.env.PATH}:/usr/sbin:/sbin`, HOME: this.folder, LC_ALL: 'C', LOGANALYZER_BUILD: BUILD,
                LOGANALYZER_HOME: join(this.folder, 'home'), BIND: '127.0.0.1', PORT: String(this.port), ML_PORT: String(this.ml_port),
                DATABASE: join(this.folder, 'data.sqlite'), ...this.settings,
            },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        this.process.stdout.pipe(log, { end: false });
        this.process.stderr.pipe(log, { end: false });
        this.exit = new Promise((done) => this.process.on('exit', () => { this.ended = true; done(); }));
    }

    async answers() {
        try {
            const ask = (path) => fetch(`http://127.0.0.1:${this.port}/${path}`).then((r) => r.status);
            return await ask('meta') === 200 && await ask('ingest') === 405 && await ask('incidents?limit=1') === 200;
        } catch {
            return false;
        }
    }

    /* As an administrator stops it: all ends, then the folder may go. */
    async stop() {
        if (!this.ended) {
            this.process.kill('SIGINT');
        }
        await this.exit;
    }

    async remove() {
        await this.stop();
        await until('the responders have ended', () => {
            try {
                rmSync(this.folder, { recursive: true, force: true });
                return true;
            } catch {
                return false; // one of them still writes there
            }
        });
    }

    async json(method, path, body) {
        const reply = await fetch(this.url + path, { method, ...(body ? { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : {}) });
        return reply.json();
    }

    /* Records, to be stored: [[service, level, message, seconds ago], ...]. */
    async post(records) {
        const list = records.map(([service, level, message, ago = 0]) => ({ timestamp: new Date(Date.now() - ago * 1000).toISOString(), service, level, message }));
        const reply = await this.json('POST', 'ingest', list);
        if (reply.stored !== list.length) {
            throw new Error(`not stored: ${JSON.stringify(reply)}`);
        }
        return reply;
    }
}

/* What a command says, which must succeed. */
export function tool(server, ...args) {
    return execFileSync(join(BUILD, 'loganalyzer'), args, { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, LOGANALYZER_HOME: join(server.folder, 'home'), DATABASE: join(server.folder, 'data.sqlite') } });
}

/* A started one that ends with the test. */
export async function real(later, settings, command) {
    const server = new Server(settings, command);
    later(() => server.remove());
    return server.start();
}
