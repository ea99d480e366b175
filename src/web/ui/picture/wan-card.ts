/** One line of the picture: its name, its health in words and shape, its figures. */
import { html, nothing, type TemplateResult } from 'lit'
import type { HealthState } from '../../../model/health.ts'
import { type IconName, icon } from '../frame/icon.ts'
import type { Voice } from '../texts/voice.ts'
import type { WanView } from './wan-views.ts'

const stateIcons: Readonly<Record<HealthState, IconName>> = {
  up: 'check',
  degraded: 'warning',
  down: 'cross',
  unknown: 'dots',
  disabled: 'dash',
}

export function wanCard(wan: WanView, { texts }: Voice): TemplateResult {
  const t = texts.picture
  return html`<li class="wan ${wan.state} ${wan.inUse ? 'in-use' : ''}">
    <div class="about">
      <h3>
        <span class="name">${wan.name}</span>
        ${wan.inUse ? html`<span class="chip used">${t.inUse}</span>` : nothing}
        ${wan.standby ? html`<span class="chip">${t.standby}</span>` : nothing}
        ${wan.metered ? html`<span class="chip">${t.metered}</span>` : nothing}
      </h3>
      <p class="health">
        ${icon(stateIcons[wan.state])}
        <span><strong>${wan.stateText}</strong> <span class="quiet small">${wan.since}</span></span>
      </p>
      ${
        wan.reason === ''
          ? nothing
          : html`<p class="reason quiet small" lang="en">${wan.reason}</p>`
      }
      ${
        wan.ipv6 === null
          ? nothing
          : html`<p class="ipv6 small ${wan.ipv6.state}">
              ${icon(stateIcons[wan.ipv6.state])}
              <span>IPv6: ${wan.ipv6.stateText}</span>
              ${
                wan.ipv6.reason === null
                  ? nothing
                  : html`<span class="quiet" lang="en">${wan.ipv6.reason}</span>`
              }
            </p>`
      }
      ${wan.tunnel === null ? nothing : html`<p class="rides small">${wan.tunnel.text}</p>`}
      <p class="place quiet small">
        ${wan.via === null ? nothing : html`<span>${wan.via}</span>`}
        ${
          wan.publicAddress === null
            ? nothing
            : html`<span>${t.publicAddress} <span class="name">${wan.publicAddress}</span></span>`
        }
        ${
          wan.carries.length === 0
            ? nothing
            : html`<span>${t.carries} <span class="name">${wan.carries.join(', ')}</span></span>`
        }
      </p>
    </div>
    <dl class="figures">
      ${figure(t.latency, wan.latency)}
      ${wan.loss === null ? nothing : figure(t.loss, wan.loss)}
      ${
        wan.traffic === null
          ? nothing
          : html`${figure(t.received, wan.traffic.received)} ${figure(t.sent, wan.traffic.sent)}`
      }
    </dl>
  </li>`
}

function figure(label: string, value: string): TemplateResult {
  return html`<div><dt class="quiet small">${label}</dt><dd>${value}</dd></div>`
}
