/* lanes.jsx - the services over time: a row each, a bar for each bucket of time. A bar's
 * height is the number of records; one in which a batch or window was above the threshold
 * reaches to the top and is coloured, so that colour is not the only sign. */
import { useState } from 'preact/hooks';
import { clock, count, day, moment, plain, plural, severity_level, severity_number, span, Text } from './text.jsx';

const THRESHOLD = 0.8, FIRST_LANES = 12, BARS_MAX = 168;
const HEIGHT = 24, ORDINARY_HEIGHT = 15;

function is_odd(score) {
    return score !== null && score > THRESHOLD;
}

/* The same with `by` buckets made one: their records together, the highest of their scores. */
function joined(service, by) {
    const bars = new Map();
    for (const [index, records, score] of service.buckets) {
        const i = Math.floor(index / by), [, sum, highest] = bars.get(i) ?? [i, 0, null];
        bars.set(i, [i, sum + records, score === null ? highest : Math.max(score, highest ?? 0)]);
    }
    return { ...service, buckets: [...bars.values()] };
}

/* The lane in words. */
function describe(service, time_of) {
    const odd = service.buckets.filter(([, , score]) => is_odd(score));
    let text = `${plain(service.service)}: ${plural(service.records, 'record')}`;
    if (odd.length === 0) {
        return `${text}, nothing unusual`;
    }
    const worst = odd.reduce((a, b) => (b[2] > a[2] ? b : a));
    return `${text}, unusual in ${plural(odd.length, 'bar')}, most at ${moment(time_of(worst[0]))} (${severity_number(worst[2])})`;
}

function Bars({ service, n, time_of }) {
    const most = Math.max(1, ...service.buckets.map(([, records]) => records));
    return (
        <svg class="bars" viewBox={`0 0 ${n} ${HEIGHT}`} preserveAspectRatio="none" role="img"
            aria-label={describe(service, time_of)}>
            {service.buckets.map(([index, records, score]) => {
                const odd = is_odd(score);
                const height = odd ? HEIGHT : Math.max(2, Math.sqrt(records / most) * ORDINARY_HEIGHT);
                return (
                    <rect key={index} x={index + 0.1} width="0.8" y={HEIGHT - height} height={height}
                        class={odd ? `level-${severity_level(score)}` : 'ordinary'}>
                        <title>{`${span(time_of(index), time_of(index + 1))}: ${plural(records, 'record')}, ${
                            score === null ? 'not scored' : `highest score ${severity_number(score)}`}`}</title>
                    </rect>
                );
            })}
        </svg>
    );
}

/* Some round times below the bars. */
function Axis({ from, to, hours }) {
    const step = (hours > 24 ? 24 : 6) * 3600e3, out = [];
    const first = new Date(from);
    first.setMinutes(0, 0, 0);
    first.setHours(hours > 24 ? 0 : Math.ceil(first.getHours() / 6) * 6);
    for (let t = first.getTime(); t <= to; t += step) {
        const share = (t - from) / (to - from);
        if (share >= 0.02 && share <= 0.96) {
            out.push([share, hours > 24 ? day(t).split(' ')[0] : clock(t)]);
        }
    }
    return (
        <svg class="axis" aria-hidden="true">
            {out.map(([share, label]) => (
                <text key={label + share} x={`${share * 100}%`} y="11">{label}</text>
            ))}
        </svg>
    );
}

function Window({ hours, parameters, hash_of }) {
    return (
        <div class="choice" role="group" aria-label="How far back">
            {[[24, '24 h'], [168, '7 days']].map(([value, label]) => (
                <a key={value} href={hash_of(parameters, { hours: value === 24 ? '' : value })}
                    aria-current={hours === value ? 'true' : undefined}>{label}</a>
            ))}
        </div>
    );
}

export function Lanes({ services, hours, parameters, hash_of }) {
    const [all, set_all] = useState(false);
    const { data, old, newest } = services;
    const heading = <h2 id="lanes-heading">Services</h2>;
    const choice = <Window hours={hours} parameters={parameters} hash_of={hash_of} />;
    if (!data) {
        return <section class="lanes" aria-labelledby="lanes-heading"><div class="head">{heading}{choice}</div></section>;
    }
    const from = new Date(data.from).getTime(), to = new Date(data.to).getTime();
    const buckets = Math.max(1, Math.ceil((to - from) / 1000 / data.bucket_seconds));
    const by = Math.ceil(buckets / BARS_MAX), n = Math.ceil(buckets / by);
    const time_of = (index) => new Date(from + index * by * data.bucket_seconds * 1000).toISOString();
    const shown = (all ? data.services : data.services.slice(0, FIRST_LANES)).map((s) => joined(s, by));
    const hidden = data.services.length - shown.length;
    return (
        <section class="lanes" aria-labelledby="lanes-heading">
            <div class="head">{heading}{choice}</div>
            {old && <p class="old">
                There is no record in the last {hours === 24 ? '24 hours' : '7 days'}. This is the time up to the newest one,{' '}
                {moment(newest)}.
            </p>}
            {data.services.length === 0 ? <p class="none">No records.</p> : (
                <table>
                    <thead class="only-heard">
                        <tr><th scope="col">Service</th><th scope="col">{span(data.from, data.to)}</th><th scope="col">Records</th><th scope="col">Highest score</th></tr>
                    </thead>
                    <tbody>
                        {shown.map((service) => (
                            <tr key={service.service}>
                                <th scope="row">
                                    <a href={hash_of(parameters, { service: service.service, cursor: '' })}
                                        title={`Incidents of ${plain(service.service)}`}><Text of={service.service} /></a>
                                </th>
                                <td class="drawing"><Bars service={service} n={n} time_of={time_of} /></td>
                                <td class="amount">{count(service.records)}</td>
                                <td class={`highest ${is_odd(service.highest) ? `level-${severity_level(service.highest)}` : ''}`}>
                                    {service.highest === null || service.highest === undefined ? 'not scored' : severity_number(service.highest)}
                                </td>
                            </tr>
                        ))}
                    </tbody>
                    <tfoot aria-hidden="true"><tr><td /><td class="drawing"><Axis from={from} to={to} hours={hours} /></td><td class="amount">records</td><td class="highest">highest</td></tr></tfoot>
                </table>
            )}
            <div class="below">
                <p class="legend" aria-hidden="true">
                    <span class="key ordinary" /> records
                    <span class="key level-1" /><span class="key level-2" /><span class="key level-3" /> full height: score above {THRESHOLD}, the darker the odder
                </p>
                {(hidden > 0 || all) && (
                    <button type="button" aria-expanded={all} onClick={() => set_all(!all)}>
                        {all ? 'Show fewer services' : `Show ${plural(hidden, 'more service')}`}
                    </button>
                )}
            </div>
            {data.services_total > data.services.length && all && (
                <p class="none">{count(data.services_total - data.services.length)} more services are not shown.</p>
            )}
        </section>
    );
}
