// Which of the first pictures in the page fits the address, before anything is painted: the start page's, the first
// lesson's, or only the frame of a lesson that is still to come.
(function () {
  var hash = location.hash;
  if (/^#\/lesson\/first-synchronization(\?|$)/.test(hash)) document.documentElement.dataset.opens = "first";
  else if (/^#(\/lesson\/|v\d+:)/.test(hash)) document.documentElement.dataset.opens = "other";
})();
