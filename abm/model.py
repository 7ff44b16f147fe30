"""Stargate(mesa.Model): owns all state of a run and does one month after the other."""

from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from abm import readers
from abm.agents.builder import Builder
from abm.agents.customer import Customer, OpenAI
from abm.agents.developer import Developer
from abm.agents.energy import EnergySupplier
from abm.agents.government import FEDERAL, STATE, Government
from abm.agents.investor import Investor
from abm.agents.land import LandOwner
from abm.agents.vendor import Vendor
from abm.bills import FACILITY, IT, Bills
from abm.employers import Employers
from abm.facts import Facts
from abm.ledger import Ledger
from abm.markets.debts import Debts
from abm.markets.equipment import OrderBook
from abm.markets.equipment_prices import by_class, import_share
from abm.markets.labour import Outcome
from abm.markets.onsite import FIRST, N_KINDS, Plants
from abm.markets.permits import Applications
from abm.markets.power import Connections
from abm.markets.supply import ZoneSupply
from abm.markets.terms import Budgets
from abm.month import MONTH
from abm.news import News
from abm.parameters import changed, parameters_of, shipped_numbers
from abm.scenario import Scenario
from abm.settle_in import settle_in
from abm.sites import IT_CLASSES, PHASE_CLASSES, Room, Sites, whole
from abm.tables import Floats, Ints
from abm.tables_compute import SUPPLIERS, compute_paths
from abm.tables_equipment import lines
from abm.tables_finance import GROUPS, Borrowers, base_rate, capex, investors
from abm.tables_power import suppliers, zone_paths
from abm.vocabulary import PACKAGES, RIVAL, STARGATE, ZONES
from abm.workers import workers_of

N_PROGRAMS = 2
SPARE = Room(campuses=96, phases_each=8)  # rows for campuses that owners add


class Stargate(mesa.Model):
    """The world of a run.

    Who owns which state, and which step may change it, stands in `stores` and in `month.MONTH`. Attributes not named
    there are fixed tables, or flows that the month makes anew; a test takes them away between months.

    Attributes:
        question: the scenario; Mesa keeps the name `scenario` for itself.
        seed_number: of the run.
        month: counted from 2024-05.
        values, parameters: the numbers in force, by name and by subject.
        ledger, bills, debts, budgets: money, what is due, what is owed, what rivals may still spend.
        sites, workers, book, connections, plants, supply, local, air: campuses, people, equipment orders,
            grid requests, power plants on site, supply of the zones, permits.
        news: what everyone may know.
        facts: what has happened this month.
    """

    def __init__(self, question: Scenario, seed: int) -> None:
        super().__init__(rng=seed)
        self.question, self.seed_number, self.month = question, seed, -1
        self.values = changed(
            {n.name: n.value for n in shipped_numbers().values()},
            question.overrides,
            allow_outside=question.allow_outside,
        )
        self.parameters = parameters_of(self.values)
        self._tables()
        self._markets()
        self._people()
        self._agents()
        self._money()
        settle_in(self)

    def step(self) -> None:
        """Do one month, in the order of MONTH."""
        self.month += 1
        for step in MONTH:
            step.do(self)

    # ---- making the world ----

    def _tables(self) -> None:
        """Tables that never change."""
        self.region_table, self.owner_table = readers.regions(), readers.owners()
        self.campus_table, self.builder_table = readers.campuses(), readers.builders()
        self.investor_table, self.supplier_table, self.zone_paths = investors(), suppliers(), zone_paths()
        self.lines, self.base_rates, self.compute_paths = lines(), base_rate(), compute_paths()
        self.permanent_mix = readers.stages().permanent_mix
        self.openai_owner = self.owner_table.name.index("OpenAI")
        self.openai_investor = self.investor_table.name.index("OpenAI")
        region = {code: i for i, code in enumerate(self.region_table.code)}
        self.supplier_region = np.array([region[code] for code in self.supplier_table.region])
        connects = np.isin(self.supplier_table.kind, ("wires", "utility"))
        self.zone_utility: Ints = np.array(
            [int(np.flatnonzero(connects & (self.supplier_table.zone == z))[0]) for z in range(len(ZONES))]
        )
        zone = self.supplier_table.zone
        self.zone_suppliers: Ints = (zone == np.arange(len(ZONES))[:, np.newaxis]).astype(np.int64)
        self.zones = SimpleNamespace(home_region=self.supplier_region[self.zone_utility])

    def _markets(self) -> None:
        """Sites, orders, requests, plants, permits, bills and debts."""
        p, seed = self.parameters, self.seed_number
        phases = readers.phases()
        self.sites = Sites(self.campus_table, phases, readers.stages(), SPARE)
        n_campuses, self.n_phases = len(self.sites.region), len(self.sites.campus)
        self.zone_buyers = np.arange(self.n_phases, self.n_phases + len(ZONES))
        self.campus_buyers = np.arange(self.zone_buyers[-1] + 1, self.zone_buyers[-1] + 1 + n_campuses)
        self.book = OrderBook(self.lines, p.equipment, seed, int(self.campus_buyers[-1]) + 1)
        self.connections = Connections(self.n_phases + n_campuses, p.power, self.zone_paths, seed)
        self.plants, self.supply = Plants(n_campuses), ZoneSupply(p.power, self.zone_paths)
        n_regions = len(self.region_table.code)
        self.local = Applications("local", n_campuses, n_regions, p.policy, seed)
        self.air = Applications("air", n_campuses, n_regions, p.policy, seed)
        self.bills = Bills(n_campuses)
        n_investors, n_owners = len(self.investor_table.name), len(self.owner_table.name)
        self.debts = {purpose: Debts(n_campuses, n_investors) for purpose in (FACILITY, IT)}
        self.budgets = Budgets(capex(self.owner_table.name), self.owner_table.name)
        self.needed_at = by_class(p.equipment, "needed_at_share")[PHASE_CLASSES]
        self.it_classes, self.generation_classes = IT_CLASSES, np.arange(FIRST, FIRST + N_KINDS)
        self.called_by_group = np.zeros((n_investors, len(GROUPS)), np.int64)
        self.called_by_program = np.zeros((n_investors + n_owners, N_PROGRAMS), np.int64)
        self.equity_cents = np.zeros((n_campuses, n_investors + n_owners), np.int64)
        self.paid_in_cents, self.groups = np.zeros((n_campuses, 2), np.int64), np.full(n_campuses, -1)
        self.spent_cents, self.retained_cents = (
            np.zeros(n_campuses, np.int64),
            np.zeros((n_campuses, len(PACKAGES)), np.int64),
        )
        self.running_cost_cents = np.zeros(n_campuses, np.int64)
        self.offsite_usd_per_month: Floats = np.zeros(n_campuses)
        self.acres: Ints = np.zeros(n_campuses, np.int64)
        self.added, self.has_route = np.zeros(n_campuses, np.bool_), np.zeros(n_campuses, np.bool_)
        self.land_due_cents: Ints = np.zeros(n_campuses, np.int64)
        self.sold_acres, self.wanted_acres = np.zeros(n_regions, np.int64), np.zeros(n_regions, np.int64)
        self.known_month = whole(self.campus_table.known_month, n_campuses)
        self.plants_supplier = np.full(
            n_campuses, int(np.flatnonzero(np.array(self.supplier_table.kind) == "onsite")[0])
        )
        self.grid_kit_kw, self.shipped_kw = (
            np.zeros(len(ZONES), np.int64),
            np.zeros(len(self.lines.first) - 1, np.int64),
        )
        self.slot_months = self.book.expected_month()
        self.grid_month, self.power_months = np.zeros(self.n_phases), np.zeros(self.n_phases)
        self.request_month, self.request_kw = np.zeros(n_campuses, np.int64), np.zeros(self.n_phases, np.int64)

    def _people(self) -> None:
        """Workers and who employs them."""
        p = self.parameters.labour
        self.workers = workers_of(p, self.question.workers_per_agent, self.seed_number, random=self.random)
        self.employers = Employers(
            len(self.region_table.code), len(self.sites.region), len(self.lines.klass), len(ZONES)
        )
        self.market_wages: Floats = self.workers.table.cells.wage_cents_per_hour.copy()
        self.first_market_wages = self.market_wages.copy()
        self.last_outcome: Outcome | None = None
        self.prior_rows = max(p.smoothing_rows_count, p.smoothing_workers / self.question.workers_per_agent)
        self.line_people = np.zeros((len(self.lines.klass), self.market_wages.shape[1]))
        self.line_premium_share = np.zeros(len(self.lines.klass))
        self.line_share: dict[int, Floats] = {k: np.zeros(len(self.lines.klass)) for k in (STARGATE, RIVAL)}
        self.wires_share: dict[int, Floats] = {k: np.zeros(len(ZONES)) for k in (STARGATE, RIVAL)}
        self.local_wages_cents = np.zeros((len(self.region_table.code), 3), np.int64)

    def _agents(self) -> None:
        """Everybody who decides."""
        owners, makers = self.owner_table, self.lines
        home_share = 1 - import_share(makers, self.parameters.equipment)
        self.investors = [Investor(self, row, self.investor_table) for row in range(len(self.investor_table.name))]
        self.developers = [Developer(self, name, o, int(owners.program[o])) for o, name in enumerate(owners.name)]
        table = self.builder_table
        self.builders = [
            Builder(self, name, int(table.package[i]), int(table.region[i]), float(table.margin_share[i]))
            for i, name in enumerate(table.name)
        ]
        self.vendors = [
            Vendor(self, name, makers.about[v], rows, makers.klass[rows], home_share[rows])
            for v, name in enumerate(makers.vendors) for rows in (np.flatnonzero(makers.vendor == v),)
        ]  # fmt: skip
        energy = self.supplier_table
        self.suppliers = [
            EnergySupplier(self, name, energy.kind[i], int(energy.zone[i]), int(energy.klass[i]),
                           float(energy.build_share[i]), float(energy.margin_share[i]))
            for i, name in enumerate(energy.name)
        ]  # fmt: skip
        regions = range(len(self.region_table.code))
        self.land_owners = [LandOwner(self, r) for r in regions]
        self.governments = [Government(self, STATE, r, self.seed_number) for r in regions]
        self.governments.append(Government(self, FEDERAL, -1, self.seed_number))
        self.openai = OpenAI(self, self.compute_paths, self.question.stargate_world)
        self.customers = [Customer(self, name) for o, name in enumerate(owners.name) if owners.program[o] == RIVAL]

    def _money(self) -> None:
        """Accounts, and what closing sectors and investors hold at the start."""
        n_regions, table = len(self.region_table.code), self.investor_table
        self.ledger = Ledger({
            "campuses": len(self.sites.region), "owners": len(self.owner_table.name), "investors": len(table.name),
            "builders": len(self.builders), "vendors": len(self.vendors), "utilities": len(self.suppliers),
            "landowners": n_regions, "households": n_regions, "local_services": n_regions, "states": n_regions,
            "federal": 1, "bank": 1, "rest_us": 1, "china": 1, "rest_of_world": 1,
        })  # fmt: skip
        self.openai_account = self.ledger.account("investors", self.openai_investor)  # customer and sponsor: one purse
        self.openai_bill_cents = 0
        self.home_accounts = np.array([self.ledger.account(home) for home in table.home])
        self.borrowers = Borrowers(self.sites.owner, self.sites.tenant, self.sites.program == STARGATE)
        self.tariff_cents, self.wanted_it_kw = 0, np.zeros(len(self.owner_table.name), np.int64)
        self.openai_used_it_kw, self.placement = 0, np.zeros(len(SUPPLIERS), np.int64)
        self.usual_spread = float(table.required_return[0][table.instrument != 0].mean())
        self.compute_price = self.parameters.compute.price_usd_m_per_it_mw_year
        self.base_rate, self.construction_price, self.price_level = float(self.base_rates[0]), 1.0, 1.0
        self.facts = Facts()

    # ---- who owns what ----

    def stores(self) -> dict[str, tuple[Any, ...]]:
        """State by the names `month.MONTH` uses; a test compares it before and after each step."""
        return {
            "parameters": (self.values, self.parameters, self.base_rate, self.construction_price, self.price_level),
            "ledger": (self.ledger.position,),
            "bills": (self.bills, self.spent_cents, self.retained_cents, self.land_due_cents, self.running_cost_cents,
                      self.offsite_usd_per_month),
            "debts": (self.debts,),
            "capital": (self.budgets, self.called_by_group, self.called_by_program, self.equity_cents,
                        self.paid_in_cents, self.groups, self.tariff_cents),
            "sites": (self.sites, self.acres, self.added, self.has_route, self.borrowers),
            "applications": (self.local, self.air, self.air_applied, self.sold_acres, self.wanted_acres),
            "book": (self.book, self.book_facts, self.slot_months, self.line_people, self.line_premium_share,
                     self.line_share, self.shipped_kw),
            "connections": (self.connections, self.grid_kit_kw, self.request_month, self.request_kw, self.power_months),
            "plants": (self.plants, self.plants_supplier),
            "supply": (self.supply,),
            "workers": (self.workers.table, self.market_wages, self.last_outcome),
            "households": (self.local_wages_cents,),
            "compute": (self.compute_price, self.placement, self.openai_used_it_kw, self.openai_bill_cents),
            "news": (self.news,),
            "facts": (self.facts,),
            "agents": tuple(agent.__dict__ for agent in self.agents),
        }  # fmt: skip

    @property
    def news_or_none(self) -> News | None:
        """Last month's news, None before the first."""
        return getattr(self, "news", None)
