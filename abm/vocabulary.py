"""The words the model counts in: stages, inputs, trades, equipment classes, zones, kinds of jobs."""

STAGES = ("planned", "land", "permit", "site", "shell", "mep", "it", "test", "operating", "cancelled")
TRADES = (
    "electrician", "pipe_weld", "hvac_sheet", "ironworker", "carpenter_cement", "operator",
    "labourer", "line_worker", "technician", "plant", "supervisor", "assembler",
)  # fmt: skip
BUILDING_EQUIPMENT = (
    "substation_transformer", "building_transformer", "switchgear", "genset", "cooling", "structure",
)  # fmt: skip
GENERATION_EQUIPMENT = ("heavy_turbine", "small_turbine", "gas_engine", "fuel_cell", "battery")
IT_EQUIPMENT = ("accelerator", "network", "cpu")
EQUIPMENT = BUILDING_EQUIPMENT + GENERATION_EQUIPMENT + IT_EQUIPMENT
INPUTS = (
    "plan", "demand", "capital", "land", "permits", "grid_power", "onsite_power",
    *BUILDING_EQUIPMENT, *IT_EQUIPMENT, "labour",
)  # fmt: skip
ZONES = ("ERCOT", "PJM", "MISO", "SPP", "WECC-SW", "SERC", "OTHER")
JOB_KINDS = ("onsite", "permanent", "supplier", "offsite", "energy", "induced")
PACKAGES = ("general", "electrical", "mechanical")
# Which builder's crew a trade belongs to on site, by its index in PACKAGES.
PACKAGE_OF_TRADE = (1, 2, 2, 0, 0, 0, 0, 1, 1, 2, 0, 0)

STAGE = {name: i for i, name in enumerate(STAGES)}
TRADE = {name: i for i, name in enumerate(TRADES)}
INPUT = {name: i for i, name in enumerate(INPUTS)}
KLASS = {name: i for i, name in enumerate(EQUIPMENT)}
ZONE = {name: i for i, name in enumerate(ZONES)}
STARGATE, RIVAL = 1, 0
