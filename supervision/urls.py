from django.urls import path

from supervision.views import drafts, inspections, referrals, repeats

app_name = "supervision"
urlpatterns = [
    path("workbench/inspections/", inspections.inspection_list, name="inspections"),
    path("workbench/inspections/new/", drafts.new, name="inspection_new"),
    path("workbench/inspections/keep/", drafts.keep_facts, name="keep_facts"),
    path("workbench/inspections/figures/", inspections.figures, name="inspection_figures"),
    path("workbench/inspections/<int:pk>/", inspections.inspection, name="inspection"),
    path("workbench/inspections/<int:pk>/correct/", inspections.correct, name="correct"),
    path("workbench/inspections/<int:pk>/draft/", drafts.draft, name="draft"),
    path("workbench/inspections/<int:pk>/facts/", drafts.facts, name="facts"),
    path("workbench/inspections/<int:pk>/discard/", drafts.discard, name="discard"),
    path("workbench/inspections/<int:pk>/findings/new/", drafts.finding_new, name="finding_new"),
    path("workbench/inspections/findings/<int:pk>/", drafts.finding, name="finding"),
    path("workbench/inspections/findings/<int:pk>/keep/", drafts.keep_finding, name="keep_finding"),
    path("workbench/inspections/findings/<int:pk>/drop/", drafts.drop_finding, name="drop_finding"),
    path("workbench/inspections/photos/<str:token>/", inspections.photo, name="finding_photo"),
    path("workbench/inspections/photos/<str:token>/remove/", drafts.remove_photo, name="remove_photo"),
    path("workbench/referrals/", referrals.referral_list, name="referrals"),
    path("workbench/referrals/repeats/", repeats.repeat_list, name="repeats"),
    path("workbench/referrals/new/", referrals.referral_new, name="referral_new"),
    path("workbench/referrals/export/", referrals.export, name="referrals_export"),
    path("workbench/referrals/<int:pk>/", referrals.referral, name="referral"),
    path("workbench/referrals/evidence/<slug:token>/", referrals.evidence, name="referral_evidence"),
    path("workbench/referrals/<int:pk>/<slug:move>/", referrals.move, name="referral_move"),
]
