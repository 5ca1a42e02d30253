/* occurrences.jsx - how often it came over its life, as bars and as a table. */
import { count, moment, plural, severity_level, severity_number, span } from './text.jsx';

const HEIGHT = 48, BARS_MIN = 24, BARS_MAX = 200;

export function Occurrences({ incident }) {
    const list = incident.occurrences ?? [];
    if (list.length < 2) { // once is said above
        return null;
    }
    const width_ms = (incident.bucket_seconds || 60) * 1000;
    const from = new Date(list[0].at).getTime(), last = new Date(list.at(-1).at).getTime();
    const n = Math.min(BARS_MAX, Math.max(BARS_MIN, Math.round((last - from) / width_ms) + 1));
    const to = new Date(from + n * width_ms).toISOString();
    const most = Math.max(...list.map((o) => o.count));
    const end = (o) => new Date(new Date(o.at).getTime() + width_ms).toISOString();
    const top = list.find((o) => o.count === most);
    return (
        <section aria-labelledby="occurrences-heading">
            <h2 id="occurrences-heading">When</h2>
            <svg class="occurrences" viewBox={`0 0 ${n} ${HEIGHT}`} preserveAspectRatio="none" role="img"
                aria-label={`${plural(incident.count, 'occurrence')}, ${span(incident.first_seen, incident.last_seen)}; most at ${moment(top.at)}: ${count(most)}`}>
                {list.map((o) => {
                    const x = Math.min(n - 1, Math.round((new Date(o.at) - from) / width_ms));
                    const height = Math.max(4, (o.count / most) * HEIGHT);
                    return (
                        <rect key={o.at} x={x + 0.1} width="0.8" y={HEIGHT - height} height={height} class={`level-${severity_level(o.severity)}`}>
                            <title>{`${span(o.at, end(o))}: ${plural(o.count, 'time')}, severity ${severity_number(o.severity)}`}</title>
                        </rect>
                    );
                })}
            </svg>
            <p class="ends" aria-hidden="true"><span>{moment(list[0].at)}</span><span>{moment(to)}</span></p>
            <details>
                <summary>As a table</summary>
                <table class="plain">
                    <thead><tr><th scope="col">When</th><th scope="col">Times</th><th scope="col">Severity</th></tr></thead>
                    <tbody>{list.map((o) => <tr key={o.at}><td>{span(o.at, end(o))}</td><td>{count(o.count)}</td><td>{severity_number(o.severity)}</td></tr>)}</tbody>
                </table>
            </details>
        </section>
    );
}
