"""The one tree of errors. Each is raised with a sentence for people; only the API edge knows status codes.

RegistryError
├── NotFound               the run, dataset, classifier … that was named does not exist
├── NotIdentified          it cannot be told who this is
│   └── LoginEnded         it could once, but that login is over
├── NotPermitted           the actor may not do this; names the e-groups that may
├── Conflict               somebody changed the same thing meanwhile; names who, what and when
├── InvalidInput           what was given cannot be; has the value in it
│   ├── InvalidFilter      a filter or sort that cannot be read
│   ├── InvalidRule        a JSON-logic rule that cannot be, or that cannot be judged by
│   └── InvalidSettings    an environment variable that cannot be
├── WrongState             the act is not possible in the state the run or dataset is in
├── SourceUnavailable      OMS or the DQM GUI did not answer
│   └── SourceNonsense     it answered something that cannot be believed
└── DatabaseUnavailable    no PostgreSQL, or one with another schema than this program's
"""


class RegistryError(Exception):
    """Anything the registry says no to, in one sentence a person can act on."""


class NotFound(RegistryError):
    """What was named does not exist."""


class NotIdentified(RegistryError):
    """Who this is cannot be told, or not for certain."""


class LoginEnded(NotIdentified):
    """Who this is was told once, but that login is over or its roles are too old."""


class NotPermitted(RegistryError):
    """The actor may not do this."""


class Conflict(RegistryError):
    """Somebody changed the same thing since it was last looked at."""


class InvalidInput(RegistryError):
    """What was given cannot be."""


class InvalidFilter(InvalidInput):
    """A filter or a sort order that cannot be read."""


class InvalidRule(InvalidInput):
    """A JSON-logic rule that cannot be, or that costs more than it may on some facts."""


class InvalidSettings(InvalidInput):
    """An environment variable that cannot be."""


class WrongState(RegistryError):
    """The act is not possible in the state that the run or dataset is in."""


class SourceUnavailable(RegistryError):
    """A source outside did not answer, or refused."""


class SourceNonsense(SourceUnavailable):
    """A source answered something that cannot be believed."""


class DatabaseUnavailable(RegistryError):
    """There is no database to speak to, or its schema is not this program's."""
