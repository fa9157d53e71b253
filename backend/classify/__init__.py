"""Classifiers: the rules that give runs their class, significance and first verdicts, and what they say of a run."""

from backend.classify.bodies import (
    CLASSIFIERS,
    ClassifierBody,
    ComponentBody,
    OfflineDatasetBody,
    RecipeBody,
    RunClassBody,
    SignificanceBody,
)
from backend.classify.defaults import default_classifiers, ensure_default_classifiers
from backend.classify.last_values import last_values
from backend.classify.reading import (
    Classifier,
    classifiers,
    component_rules,
    facts_here,
    offline_dataset_rules,
    recipes,
    run_class_rules,
    significance_rules,
)
from backend.classify.saving import save_classifier

__all__ = [
    "CLASSIFIERS",
    "Classifier",
    "ClassifierBody",
    "ComponentBody",
    "OfflineDatasetBody",
    "RecipeBody",
    "RunClassBody",
    "SignificanceBody",
    "classifiers",
    "component_rules",
    "default_classifiers",
    "ensure_default_classifiers",
    "facts_here",
    "last_values",
    "offline_dataset_rules",
    "recipes",
    "run_class_rules",
    "save_classifier",
    "significance_rules",
]
