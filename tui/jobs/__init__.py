"""Jobs: transfers that run in threads of their own while the user goes on. No Textual in here."""

from tui.jobs.job import Job, ask
from tui.jobs.queue import Jobs, Waiting
from tui.jobs.status import JobState, JobStatus, Question

__all__ = ["Job", "JobState", "JobStatus", "Jobs", "Question", "Waiting", "ask"]
