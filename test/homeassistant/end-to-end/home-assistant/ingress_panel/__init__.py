"""
Home Assistant's own ingress, and the add-on's page in its sidebar. On a real machine its integration
`hassio` sets both up, which asks a whole Supervisor; the stand-in answers the add-on only.
"""

from homeassistant.components import frontend
from homeassistant.components.hassio.ingress import HassIOIngress
from homeassistant.helpers.aiohttp_client import async_get_clientsession


async def async_setup(hass, config):
    wanted = config["ingress_panel"]
    hass.http.register_view(HassIOIngress(wanted["supervisor"], async_get_clientsession(hass)))
    frontend.async_register_built_in_panel(
        hass,
        "iframe",
        sidebar_title="WAN Failover",
        sidebar_icon="mdi:wan",
        frontend_url_path="wan_failover",
        config={"url": wanted["url"]},
    )
    return True
