"""Mesa's own tools drive the same model."""

import dataclasses

import mesa
import pytest

import abm
from abm.mesa_adapter import FIGURES, ViewedStargate, model_params


def viewed(**how):
    model = ViewedStargate(**{"months": 3, "workers_per_agent": 1000} | how)
    while model.running:
        model.step()
    return model


def test_it_is_the_model_of_the_one_door():
    scenario = dataclasses.replace(abm.Scenario.load("baseline"), months=3, workers_per_agent=1000)
    frame = viewed(seed_number=7).datacollector.get_model_vars_dataframe()
    for i, record in enumerate(abm.run(scenario, seed=7)):
        assert [frame[name].iloc[i] for name in FIGURES] == [float(record.value(name)) for name in FIGURES]
    assert len(frame) == 3


def test_it_stops_after_the_last_month_and_says_so():
    model = viewed(months=2)
    assert (model.month, model.running) == (1, False)
    model.step()
    assert model.month == 1


def test_levers_come_by_their_dotted_names():
    model = ViewedStargate(months=1, workers_per_agent=1000, **{"compute.demand_factor": 0.5})
    assert model.parameters.compute.demand_factor == 0.5
    with pytest.raises(abm.BadNumber, match="did you mean"):
        ViewedStargate(**{"compute.demand_factr": 0.5})
    with pytest.raises(ValueError, match="step"):
        model.figure("jobs_total")


def test_the_controls_are_levers_with_their_ranges():
    controls = model_params()
    assert set(controls) > {"seed_number", "power.connection_throughput_factor"}
    numbers = {number.name: number for number in abm.numbers_table()}
    for name, control in controls.items():
        if name != "seed_number":
            assert (control["min"], control["value"], control["max"]) == (
                numbers[name].low, numbers[name].value, numbers[name].high,
            )  # fmt: skip
    assert list(model_params("labour.quit_prob_per_month")) == ["seed_number", "labour.quit_prob_per_month"]
    defaults = {name: control["value"] for name, control in controls.items()}
    assert isinstance(ViewedStargate(months=1, workers_per_agent=1000, **defaults), mesa.Model)
