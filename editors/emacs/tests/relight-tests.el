;;; relight-tests.el --- relight in a real Emacs with the real server  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Each test has an Emacs of its own.  The environment names the server (RELIGHT_BIN), a scratch
;; folder (RELIGHT_SCRATCH), and the client (RELIGHT_CLIENT: eglot, or lsp for lsp-mode).

;;; Code:

(require 'ert)
(add-to-list 'load-path (expand-file-name ".." (file-name-directory load-file-name)))
(require 'relight)

(defconst relight-tests-patience 60 "Seconds after which a wait is in vain.")

(setq relight-command (list (getenv "RELIGHT_BIN") "--stdio")
      relight-trusted t
      eglot-sync-connect t
      eglot-send-changes-idle-time 0
      inhibit-message nil
      create-lockfiles nil
      make-backup-files nil)

(defun relight-tests-wait (what holds)
  "Wait until HOLDS, which is called WHAT, returns non-nil; return that."
  (let ((end (+ (float-time) relight-tests-patience)) found)
    (while (and (not (setq found (funcall holds))) (< (float-time) end))
      (accept-process-output nil 0.02))
    (unless found
      (error "Waited in vain for %s; seen: %S" what (relight-tests-seen)))
    found))

(defun relight-tests-seen ()
  "The buffer's lines as they are seen: with the text that overlays add."
  (let ((shown "") (at (point-min)))
    (dolist (block (relight-display-blocks))
      (let* ((overlay (relight-block-overlay block))
             (after (overlay-get overlay 'after-string)))
        (setq shown (concat shown (buffer-substring-no-properties at (overlay-end overlay))
                            (substring-no-properties (or after "")))
              at (overlay-end overlay))))
    (split-string (concat shown (buffer-substring-no-properties at (point-max))) "\n")))

(defun relight-tests-wait-line (number text)
  "Wait until line NUMBER, from 1, is seen to contain TEXT."
  (relight-tests-wait
   (format "line %d with %S" number text)
   (lambda ()
     (string-search text (or (nth (1- number) (relight-tests-seen)) "")))))

(defun relight-tests-open (text)
  "Visit a new file with TEXT, with a server."
  (find-file (expand-file-name "a.py" (getenv "RELIGHT_SCRATCH")))
  (insert text)
  (save-buffer)
  (python-mode)
  (relight-ensure)
  (run-hooks 'post-command-hook)
  (relight-tests-wait "the server" (lambda () relight-mode)))

(defun relight-tests-live (text)
  "Visit a new file with TEXT, and make it live."
  (relight-tests-open text)
  (relight-live)
  (relight-tests-wait "the first run" (lambda () relight-display-live))
  (relight-tests-quiet))

(defun relight-tests-quiet ()
  "Wait until nothing runs."
  (relight-tests-wait "the run's end"
                      (lambda ()
                        (and (zerop relight-display--left)
                             (zerop (relight-display-count "running"))))))

(defun relight-tests-edit (line text)
  "Replace LINE, from 1, by TEXT, and have the server hear of it."
  (goto-char (point-min))
  (forward-line (1- line))
  (delete-region (point) (line-end-position))
  (insert text)
  (eglot--signal-textDocument/didChange))

(ert-deftest relight-tests-results ()
  "Results stand after their blocks."
  (relight-tests-live "x = 2\n\nx + 40\n\nprint('hello')\n")
  (should (equal (relight-tests-seen) '("x = 2" "" "x + 40  → 42" "" "print('hello')  → hello" ""))))

(ert-deftest relight-tests-edit-runs-what-rests-on-it ()
  "An edit changes what rests on it, and nothing else."
  (relight-tests-live "x = 2\n\nx + 40\n\nimport time; time.time_ns()\n")
  (let ((before (nth 4 (relight-tests-seen))))
    (relight-tests-edit 1 "x = 3")
    (relight-tests-wait-line 3 "→ 43")
    (relight-tests-quiet)
    (should (equal (nth 4 (relight-tests-seen)) before))))

(ert-deftest relight-tests-move ()
  "Results move with the text, also before the server has heard of it."
  (relight-tests-live "x = 2\n\nx + 40\n")
  (goto-char (point-min))
  (insert "# a remark\n\n")
  (should (equal (nth 4 (relight-tests-seen)) "x + 40  → 42"))
  (eglot--signal-textDocument/didChange)
  (relight-tests-quiet)
  (relight-tests-wait-line 5 "x + 40  → 42"))

(ert-deftest relight-tests-undo ()
  "Undo and redo bring the results along."
  (relight-tests-live "x = 2\n\nx + 40\n")
  (setq buffer-undo-list nil)
  (relight-tests-edit 1 "x = 5")
  (relight-tests-wait-line 3 "→ 45")
  (undo-boundary)
  (setq last-command nil)
  (undo)
  (eglot--signal-textDocument/didChange)
  (relight-tests-wait-line 3 "→ 42")
  (undo-boundary)
  (setq last-command nil)
  (undo)
  (eglot--signal-textDocument/didChange)
  (relight-tests-wait-line 3 "→ 45"))

(ert-deftest relight-tests-several-lines ()
  "Several lines stand below the block, up to a number."
  (let ((relight-max-lines 2))
    (relight-tests-live "for i in range(4): print('line', i)\n\ny = 1\n")
    (should (equal (seq-take (relight-tests-seen) 5)
                   '("for i in range(4): print('line', i)" "  │ line 0" "  │ line 1"
                     "  │ … 2 more lines (M-x relight-show)" "")))))

(ert-deftest relight-tests-error-and-recovery ()
  "An error is shown and diagnosed, and goes away."
  (relight-tests-live "x = 0\n\nz = 1 / x\n\nz\n")
  (relight-tests-wait-line 3 "✗ ZeroDivisionError")
  (relight-tests-wait-line 5 "⊘ blocked")
  (flymake-start)
  (relight-tests-wait "diagnostics" #'flymake-diagnostics)
  (relight-tests-edit 1 "x = 1")
  (relight-tests-wait-line 5 "→ 1.0")
  (flymake-start)
  (relight-tests-wait "no diagnostics" (lambda () (null (flymake-diagnostics)))))

(ert-deftest relight-tests-deleted-block ()
  "A deleted block takes its result along."
  (relight-tests-live "1 + 1\n\n2 + 2\n\n3 + 3\n")
  (goto-char (point-min))
  (forward-line 2)
  (delete-region (point) (progn (forward-line 2) (point)))
  (should (equal (relight-tests-seen) '("1 + 1  → 2" "" "3 + 3  → 6" ""))))

(ert-deftest relight-tests-output-and-interrupt ()
  "Output comes while the block runs, and an interrupt ends it."
  (relight-tests-open "import time\nprint('begun')\nwhile True: time.sleep(0.01)\n")
  (relight-live)
  (relight-tests-wait-line 3 "▸ begun")
  (should (equal (relight-display-summary) "0/1"))
  (relight-interrupt)
  (relight-tests-wait "the interrupt"
                      (lambda () (string-search "KeyboardInterrupt"
                                                (string-join (relight-tests-seen) "\n")))))

(ert-deftest relight-tests-commands ()
  "Commands reach the block at point."
  (relight-tests-live "import time\n\ntime.perf_counter_ns()\n")
  (let ((before (nth 2 (relight-tests-seen))))
    (goto-char (point-max))
    (relight-run-block)
    (relight-tests-wait "another number"
                        (lambda ()
                          (let ((now (nth 2 (relight-tests-seen))))
                            (and (string-search "→" now) (not (equal now before)))))))
  (relight-explain)
  (relight-tests-wait "the explanation" (lambda () (get-buffer "*relight*")))
  (relight-show)
  (with-current-buffer "*relight*"
    (should (string-match-p "\\`[0-9]+\\'" (buffer-string)))))

(ert-deftest relight-tests-killed-server ()
  "A killed server is started again, and the file is live again."
  (let ((eglot-autoreconnect t))
    (relight-tests-live "x = 2\n\nx + 40\n")
    (let ((server (relight--server)))
      (signal-process (jsonrpc--process server) 9)
      (relight-tests-wait "another server"
                          (lambda () (let ((now (relight--server))) (and now (not (eq now server))))))
      (relight-tests-wait "the file live again" (lambda () relight-display-live))
      (relight-tests-edit 1 "x = 3")
      (relight-tests-wait-line 3 "→ 43"))))

(ert-deftest relight-tests-trust ()
  "Nothing runs where the user does not allow it; a yes is asked for once."
  (let* ((relight-trusted 'ask)
         (mark (expand-file-name "ran" (getenv "RELIGHT_SCRATCH")))
         (asked 0))
    (relight-tests-open (format "open(%S, 'w').close()\n\n6 * 7\n" mark))
    (cl-letf (((symbol-function 'y-or-n-p) (lambda (_) (cl-incf asked) nil)))
      (relight-live))
    (should-not (file-exists-p mark))
    (cl-letf (((symbol-function 'y-or-n-p) (lambda (_) (cl-incf asked) t))
              ((symbol-function 'customize-save-variable) #'ignore))
      (relight-live))
    (relight-tests-wait-line 3 "→ 42")
    (should (= asked 2))))

(ert-deftest relight-tests-missing-server ()
  "A missing server is said with what to do."
  (let ((relight-command '("no-such-relight")))
    (should (string-match-p "not on the path"
                            (cadr (should-error (relight--contact) :type 'user-error))))))

(ert-deftest relight-tests-colours-and-images ()
  "Colours are kept, images are named, pieces of a stream are joined."
  (let ((line (car (relight-text-lines
                    '((:output_type "stream" :name "stdout" :text "\e[31mred\e[0m plain\n"))))))
    (should (equal (substring-no-properties line) "red plain"))
    (should-not (equal (get-text-property 0 'face line) (get-text-property 5 'face line))))
  (should (equal (substring-no-properties
                  (car (relight-text-lines
                        '((:output_type "display_data" :data (:image/png "aGk="))))))
                 "[image/png, 1 KB]"))
  (should (equal (relight-text-append '((:output_type "stream" :name "stdout" :text "a"))
                                      '(:output_type "stream" :name "stdout" :text "b"))
                 '((:output_type "stream" :name "stdout" :text "ab"))))
  (should (equal (substring-no-properties
                  (car (relight-text-lines
                        '((:output_type "stream" :name "stdout" :text "10%\r100%\n")))))
                 "100%")))

(ert-deftest relight-tests-lsp-mode ()
  "Through lsp-mode, beside other servers, results are the same."
  (skip-unless (require 'lsp-mode nil t))
  (defvar lsp-auto-guess-root)
  (defvar lsp-enabled-clients)
  (defvar lsp-session-file)
  (defvar lsp-keep-workspace-alive)
  (defvar lsp-auto-configure)
  (setq lsp-auto-guess-root t
        lsp-auto-configure nil
        lsp-keep-workspace-alive nil
        lsp-enabled-clients '(relight)
        lsp-session-file (expand-file-name "session" (getenv "RELIGHT_SCRATCH")))
  (require 'relight-lsp)
  (find-file (expand-file-name "a.py" (getenv "RELIGHT_SCRATCH")))
  (insert "x = 2\n\nx + 40\n\n1 / 0\n")
  (save-buffer)
  (delay-mode-hooks (python-mode))
  (lsp)
  (relight-tests-wait "the server" (lambda () (bound-and-true-p lsp-mode)))
  (relight-tests-wait "the commands" #'relight--lsp-p)
  (relight-live)
  (relight-tests-wait-line 3 "→ 42")
  (relight-tests-wait-line 5 "✗ ZeroDivisionError")
  (goto-char (point-min))
  (delete-char 5)
  (insert "x = 3")
  (relight-tests-wait-line 3 "→ 43")
  (lsp-workspace-shutdown (car (lsp-workspaces))))

(provide 'relight-tests)
;;; relight-tests.el ends here
