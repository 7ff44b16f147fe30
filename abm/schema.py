"""What a run reports: every table and column with type, unit, kind and meaning; the one home of the result schema."""

from dataclasses import dataclass

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result table.

    Attributes:
        name: ends in its unit where it has one.
        dtype: "date", "str", "i64", "i32" or "f64".
        unit: unit in words; "" for names and ids.
        kind: "id", "text", "stock", "flow", "price", "share" or "residual".
        about: one sentence.
    """

    name: str
    dtype: str
    unit: str
    kind: str
    about: str


def columns_of(text: str) -> tuple[Column, ...]:
    """Read a list of columns, one a line: name|dtype|unit|kind|about."""
    rows = (line.split("|") for line in text.splitlines() if line)
    return tuple(Column(*(cell.strip() for cell in row)) for row in rows)


_MONTH = "month|date||id|First day of the month; stocks are as of its last day\n"

SCHEMA: dict[str, tuple[Column, ...]] = {
    "months": columns_of(
        _MONTH
        + """
workers_simulated|i64|worker row|stock|Rows of the worker table (each stands for workers_per_agent people)
jobs_onsite|i64|worker|stock|Construction workers on Stargate sites
jobs_permanent|i64|worker|stock|Permanent staff of operating Stargate campuses
jobs_supplier|i64|worker|stock|Workers in the United States making equipment ordered for Stargate
jobs_offsite|i64|worker|stock|Off-site work for Stargate buildings: design, prefabrication, materials, transport
jobs_energy|i64|worker|stock|Workers building power supply for Stargate campuses
jobs_induced|i64|job|stock|Local-services jobs paid by the spending of the wages above
jobs_total|i64|worker|stock|Sum of the six kinds: gross jobs on something a Stargate dollar paid for
rival_jobs_onsite|i64|worker|stock|Construction workers on rival campuses
rival_jobs_total|i64|worker|stock|Gross jobs of rival campuses, same six kinds
trades_employed|i64|worker|stock|Employed people of all modelled trades, the whole country
trades_unemployed|i64|worker|stock|Unemployed people of all modelled trades
trades_unemployment_share|f64|1|share|Unemployed over employed and unemployed
travellers|i64|worker|stock|Workers on campus sites whose home is another region
wage_electrician_usd_per_hour|f64|USD/hour|price|Mean hourly pay of employed electricians, nominal
site_wage_electrician_usd_per_hour|f64|USD/hour|price|Mean posted hourly pay of electricians on Stargate sites, nominal
site_market_wage_electrician_usd_per_hour|f64|USD/hour|price|Market wage of electricians at those places, nominal
stargate_requested_mw|f64|utility MW|stock|Power requested by Stargate campuses
stargate_energised_mw|f64|facility MW|stock|Power available to Stargate campuses, grid and on-site
stargate_operating_mw|f64|facility MW|stock|Stargate buildings in service
stargate_announced_mw|f64|facility MW|stock|Announced plan: what would operate by the announced dates
rival_operating_mw|f64|facility MW|stock|Rival buildings in service
operating_mw|f64|facility MW|stock|All buildings in service
operating_campuses|i64|campus|stock|Campuses with something in service
under_construction_mw|f64|facility MW|stock|Buildings between clearing and service, all campuses
stargate_spent_usd|f64|USD|flow|Paid by Stargate campuses for land, buildings, equipment and IT this month, nominal
stargate_spent_usd_2025|f64|USD of 2025|flow|The same in constant 2025 USD
stargate_spent_total_usd|f64|USD|stock|The same since 2024-05, nominal
stargate_called_total_usd|f64|USD|stock|Capital called for Stargate since 2024-05, nominal
stargate_imports_usd|f64|USD|flow|Part of this month's spending that leaves the country
stargate_refused_usd|f64|USD|flow|Capital asked for Stargate and refused this month
openai_compute_mw|f64|IT MW|stock|Compute OpenAI uses
openai_microsoft_share|f64|1|share|Share of OpenAI's compute supplied by Microsoft
openai_stargate_share|f64|1|share|Share of OpenAI's compute supplied by Stargate campuses
price_level_index|f64|1|price|Price level, 2025 mean = 1
residual_money_cents|i64|USD cent|residual|Money ledger: largest break, zero in every valid run
residual_people_workers|i64|worker row|residual|People ledger: largest break, zero in every valid run
residual_power_kw|i64|facility kW|residual|Power ledger: largest break, zero in every valid run
residual_equipment_kw|i64|kW|residual|Equipment ledger: largest break, zero in every valid run
"""
    ),
    "sites": columns_of(
        _MONTH
        + """
campus_id|i32||id|Campus, see agents
requested_mw|f64|utility MW|stock|Power asked for from the grid
permitted_mw|f64|facility MW|stock|Buildings with land and permits
started_mw|f64|facility MW|stock|Buildings on which work has started, operating ones included
built_mw|f64|facility MW|stock|Buildings complete but for power or test, operating ones included
energised_mw|f64|facility MW|stock|Grid and on-site power available
onsite_power_mw|f64|facility MW|stock|Of which from generation on site
operating_mw|f64|facility MW|stock|In service
jobs_onsite|i64|worker|stock|Construction workers on site
travellers|i64|worker|stock|Of which from another region
jobs_permanent|i64|worker|stock|Permanent staff
wanted_workers|i64|worker|stock|Construction workers the builders wanted
spent_usd|f64|USD|flow|Paid for land, building, equipment and IT this month, nominal
called_usd|f64|USD|flow|Capital drawn this month, nominal
refused_usd|f64|USD|flow|Capital asked for and refused this month
debt_usd|f64|USD|stock|Loans and bonds outstanding
binding_input|str||text|Input that costs this campus most MW this month
lost_mw|f64|facility MW|flow|Progress lost this month against the technical minimum, in MW
"""
    ),
    "phases": columns_of(
        _MONTH
        + """
phase_id|i32||id|Phase (about one building), see agents
campus_id|i32||id|Its campus
stage|str||text|planned, land, permit, site, shell, mep, it, test, operating, cancelled
progress_share|f64|1|share|Work done, 0 at clearing, 1 in service
binding_input|str||text|Input that held the phase back most this month; plan if nothing did
lost_mw|f64|facility MW|flow|Progress lost this month against the technical minimum, in MW
heads_wanted|i64|worker|stock|Construction workers wanted
heads|i64|worker|stock|Construction workers at work
allowed_labour_share|f64|1|share|Share of the month's planned progress that labour would have allowed
allowed_equipment_share|f64|1|share|The same for equipment
allowed_power_share|f64|1|share|The same for power
allowed_capital_share|f64|1|share|The same for capital
"""
    ),
    "regions": columns_of(
        _MONTH
        + """
region|str||id|State code, or US-rest
trade|str||id|Pooled trade
employed|i64|worker|stock|Employed people whose home is here
unemployed|i64|worker|stock|Unemployed people whose home is here
unfilled|i64|worker|stock|Jobs left open here at the end of the month
on_stargate|i64|worker|stock|At work here on Stargate sites, plants and crews
on_rivals|i64|worker|stock|At work here on rival campuses
travellers_in|i64|worker|stock|At work here on campuses, home elsewhere
wage_usd_per_hour|f64|USD/hour|price|Market wage, nominal
"""
    ),
    "jobs": columns_of(
        _MONTH
        + """
program|str||id|stargate or rival
kind|str||id|onsite, permanent, supplier, offsite, energy, induced
region|str||id|State code, or US-rest
jobs|i64|worker|stock|Standing jobs at the end of the month
"""
    ),
    "equipment": columns_of(
        _MONTH
        + """
equipment_class|str||id|Equipment class
ordered_mw|f64|MW served|flow|Ordered this month by all buyers
delivered_mw|f64|MW served|flow|Delivered this month to all buyers
cancelled_mw|f64|MW served|flow|Cancelled this month
stargate_delivered_mw|f64|MW served|flow|Delivered this month to Stargate campuses
backlog_mw|f64|MW served|stock|On order at the end of the month
capacity_mw_per_month|f64|MW served/month|stock|What the makers can deliver a month
utilisation_share|f64|1|share|Delivered over capacity
lead_months|f64|month|stock|What a buyer ordering now would wait
price_usd_per_kw|f64|USD/kW|price|Price of new orders, nominal, tariffs included
"""
    ),
    "zones": columns_of(
        _MONTH
        + """
zone|str||id|Grid zone
queue_mw|f64|utility MW|stock|Requests of data centres waiting for connection
energised_mw|f64|utility MW|stock|Grid power available to campuses
onsite_mw|f64|facility MW|stock|On-site power of campuses
firm_capacity_mw|f64|generation MW|stock|Dispatchable capacity of the zone
peak_load_mw|f64|utility MW|stock|Peak load, campuses included
reserve_margin_share|f64|1|share|Firm capacity over peak load, minus one
curtailed_hours|f64|hour|flow|Hours in the month in which interruptible campuses are cut
price_usd_per_mwh|f64|USD/MWh|price|Price of industrial power, nominal
"""
    ),
    "flows": columns_of(
        _MONTH
        + """
kind|str||id|Kind of transaction
payer_sector|str||id|Who paid
payee_sector|str||id|Who was paid
program|str||id|stargate, rival or other
amount_usd|f64|USD|flow|Amount, nominal
amount_usd_2025|f64|USD of 2025|flow|The same in constant 2025 USD
"""
    ),
    "capital": columns_of(
        _MONTH
        + """
investor_id|i32||id|Investor, see agents
program|str||id|stargate or rival
instrument|str||id|equity, loan, bond or budget
called_usd|f64|USD|flow|Paid in this month, nominal
called_total_usd|f64|USD|stock|Paid in since 2024-05, nominal
"""
    ),
    "agents": columns_of(
        """
agent_id|i32||id|Stable id
name|str||text|Name
kind|str||text|campus, phase, investor, owner, builder, energy_supplier, vendor, land_owner, government, customer
program|str||text|stargate, rival or empty
region|str||text|State code, or empty
zone|str||text|Grid zone, or empty
parent_id|i32||id|Campus of a phase, owner of a campus; -1 if none
facility_mw|f64|facility MW|stock|Planned size of a campus or phase
about|str||text|What it is
"""
    ),
}
