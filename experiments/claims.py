"""What was said when Stargate was announced: drawn beside the results for comparison, never an input of the model."""

import datetime

ANNOUNCED = datetime.date(2025, 1, 21)
# "Over 100,000 American jobs almost immediately", President Trump, 2025-01-21; kind of job not specified
# (The American Presidency Project, presidency.ucsb.edu).
JOBS = 100_000
# "Intends to invest $500 billion over the next four years ... deploying $100 billion immediately", OpenAI and SoftBank,
# 2025-01-21 (openai.com/index/announcing-the-stargate-project).
TOTAL_USD = 500_000_000_000
TOTAL_BY = datetime.date(2029, 1, 21)
