/* mock.mjs - a server that keeps the contract of our API in memory, for states that the real
 * programs do not reach in a test: 10,000 incidents, refusals, an hour of silence. It serves
 * the page with the headers that lighttpd gives it. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const HTDOCS = new URL('../../deploy/htdocs/', import.meta.url).pathname;
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', txt: 'text/plain; charset=utf-8' };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/* /readyz, with some of its checks as they are not. */
export function ready(checks = {}) {
    const ok = { state: 'ok', why: null };
    const all = { store: ok, model: ok, lag: ok, disk: { ...ok, free_bytes: 9e10, days_until_full: null }, ...checks };
    const names = (state) => Object.keys(all).filter((name) => all[name].state === state);
    return { ready: names('failing').length === 0, failing: names('failing'), warnings: names('warning'), ...all };
}

export class Mock {
    constructor({ prefix = '' } = {}) {
        Object.assign(this, { prefix, incidents: [], services: null, details: new Map(), normals: [], requests: [], failures: new Map(), labels: new Map() });
        this.meta = {
            git: { commit: 'c', branch: 'main' }, model: 'priors-2', loaded_model: 'priors-2', model_error: null, started_at: new Date().toISOString(),
            scorer: { mode: 'in-process', state: 'ok', since: null, last_error: null, unscored_batches: 0, learn_lag_batches: 0 }, store: { state: 'ok', error: null },
        };
        this.readyz = ready();
        this.notifications = { channels: [], waiting: 0, undeliverable: 0, messages: [] };
        this.services = { newest: null, list: [] };
    }

    async start() {
        this.server = createServer((request, response) => this.answer(request, response).catch((e) => {
            this.reply(response, e.status ?? 500, { error: e.message });
        }));
        await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
        this.url = `http://127.0.0.1:${this.server.address().port}${this.prefix}/`;
        return this;
    }

    async stop() {
        this.server.closeAllConnections();
        await new Promise((done) => this.server.close(done));
    }

    reply(response, status, json) {
        response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
        response.end(JSON.stringify(json));
    }

    async answer(request, response) {
        let body = '';
        for await (const chunk of request) {
            body += chunk;
        }
        const url = new URL(request.url, 'http://x');
        const path = url.pathname.slice(this.prefix.length + 1);
        const file = path === '' ? 'index.html' : path;
        if (/^(index\.html|app\.js|app\.css|icon\.svg|licenses\.txt)$/.test(file)) {
            response.writeHead(200, { 'Content-Type': TYPES[file.split('.').at(-1)], 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' });
            response.end(await readFile(join(HTDOCS, file)));
            return;
        }
        if (this.key && request.headers.authorization !== `Bearer ${this.key}`) {
            this.refused = (this.refused ?? 0) + 1;
            this.reply(response, 401, { error: request.headers.authorization ? 'the API key is none of this server\u2019s' : 'an API key is needed' });
            return;
        }
        this.requests.push({ method: request.method, path, query: Object.fromEntries(url.searchParams), body: body ? JSON.parse(body) : null, type: request.headers['content-type'] });
        const failure = this.failures.get(`${request.method} ${path}`) ?? this.failures.get('*');
        if (failure === 'cut off') {
            response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
            response.end('{"incidents":[');
            return;
        }
        if (failure === 'hang up') {
            response.destroy();
            return;
        }
        if (failure) {
            this.reply(response, failure.status, { error: failure.error });
            return;
        }
        const [status, json] = this.route(request.method, path.split('/'), url.searchParams, body ? JSON.parse(body) : null);
        this.reply(response, status, json);
    }

    route(method, [subject, id], parameters, body) {
        switch (`${method} ${subject}${id ? '/' : ''}`) {
        case 'GET meta': return [200, this.meta];
        case 'GET readyz': return [this.readyz.ready ? 200 : 503, this.readyz];
        case 'GET services': return [200, this.lanes(parameters)];
        case 'GET notifications': return [200, this.notifications];
        case 'POST notifications/': return [202, { event_id: 'e1' }];
        case 'GET incidents': return [200, this.list(parameters)];
        case 'GET incidents/': return [200, { incident: this.detail(this.get(id)) }];
        case 'PATCH incidents/': return [200, { incident: this.change(this.get(id), body) }];
        case 'GET normals': return [200, { normals: [...this.normals].reverse() }];
        case 'POST normals': return this.declare(body);
        case 'DELETE normals/': return [200, { normal: this.undo(Number(id)) }];
        default: throw Object.assign(new Error('no such path'), { status: 404 });
        }
    }

    get(id) {
        const found = this.incidents.find((i) => i.id === Number(id));
        if (!found) {
            throw Object.assign(new Error('there is no such incident'), { status: 404 });
        }
        return found;
    }

    lanes(parameters) {
        const hours = Number(parameters.get('hours') ?? 24), bucket_seconds = 600;
        const newest = Date.parse(this.services.newest);
        const to = newest < Date.now() - hours * 3600e3 ? newest + bucket_seconds * 1000 : Date.now();
        const from = to - hours * 3600e3;
        return {
            from: new Date(from).toISOString(), to: new Date(to).toISOString(), bucket_seconds,
            ...this.services.list_of?.(from, to, bucket_seconds) ?? { services: [], services_total: 0 },
        };
    }

    list(parameters) {
        const is_muted = (i) => Boolean(i.muted_until && Date.parse(i.muted_until) > Date.now());
        const status = parameters.get('status') ?? 'all', limit = Number(parameters.get('limit') ?? 10000);
        const fits = {
            all: () => true, muted: is_muted, active: (i) => i.status !== 'resolved' && !is_muted(i),
            open: (i) => i.status === 'open' && !is_muted(i), acknowledged: (i) => i.status === 'acknowledged' && !is_muted(i), resolved: (i) => i.status === 'resolved',
        }[status];
        const text = (parameters.get('text') ?? '').toLowerCase();
        const found = this.incidents.filter((i) => fits(i)
            && (!parameters.get('service') || i.service === parameters.get('service'))
            && i.severity >= Number(parameters.get('severity') ?? 0) && i.summary.toLowerCase().includes(text)
            && (!parameters.get('cursor') || i.id < Number(parameters.get('cursor')))).sort((a, b) => b.id - a.id);
        const shown = found.slice(0, limit);
        return { incidents: shown, next: found.length > limit ? String(shown.at(-1).id) : null };
    }

    detail(incident) {
        return { occurrences: [], bucket_seconds: 60, records: [], records_total: 0, choices: [], history: [], ...this.details.get(incident.id), ...incident };
    }

    change(incident, body) {
        Object.assign(incident, body, { changed_at: new Date().toISOString() });
        const detail = this.details.get(incident.id) ?? {};
        detail.history = [...detail.history ?? [], { at: new Date().toISOString(), event: body.status ?? (body.verdict ? 'real' : body.note !== undefined ? 'note' : 'muted'), note: body.note ?? null }];
        this.details.set(incident.id, detail);
        return this.detail(incident);
    }

    declare(body) {
        const incident = this.get(body.incident_id), { choices } = this.detail(incident);
        const fit = choices.filter((c) => ['scope', 'template_id', 'service', 'value'].every((key) => body[key] === undefined || body[key] === c[key]));
        const all_kinds = body.scope === 'template' && body.template_id === undefined;
        if (fit.length === 0 || (fit.length > 1 && !all_kinds)) {
            throw Object.assign(new Error('scope must be one of the choices of the incident'), { status: 400 });
        }
        const normals = fit.map((choice, i) => ({
            id: this.normals.length + 1 + i, declared_at: new Date().toISOString(), scope: body.scope, service: choice.service, template_id: choice.template_id,
            template: choice.template, value: choice.value, label: choice.label, incident_id: incident.id, note: body.note ?? null, undone_at: null,
        }));
        if (!body.preview) {
            this.normals.push(...normals);
            incident.verdict = 'normal';
        }
        /* One kind of several is not enough for the incident. */
        const several = choices.filter((c) => c.scope === 'template').length > 1;
        const [hidden, of] = several ? [all_kinds || body.scope === 'service' ? 1 : 0, 2] : [12, 40];
        return [body.preview ? 200 : 201, { normal: normals[0], normals, hidden, of, days: 7, sentence: `would have hidden ${hidden} of the ${of} incidents of the last 7 days` }];
    }

    undo(id) {
        const normal = this.normals.find((n) => n.id === id);
        normal.undone_at = new Date().toISOString();
        const incident = this.incidents.find((i) => i.id === normal.incident_id);
        if (incident && !this.normals.some((n) => n.incident_id === incident.id && !n.undone_at)) {
            incident.verdict = null;
        }
        return normal;
    }
}
