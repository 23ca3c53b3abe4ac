;;; lsp-emacs.el --- Drives `kgrep lsp' with Eglot, without a screen  -*- lexical-binding: t -*-
;;
;;     cp -r tests/trees/kernel /tmp/tree
;;     KGREP=$PWD/target/debug/kgrep KGREP_TREE=/tmp/tree emacs -Q --batch -l scripts/lsp-emacs.el
;;
;; Exit status 0: every request was answered as it should be.
(let ((default-directory "/usr/share/emacs/site-lisp/elpa"))
  (when (file-directory-p default-directory) (normal-top-level-add-subdirs-to-load-path)))
(require 'eglot)
(require 'xref)
(require 'imenu)

(defvar tree (file-truename (getenv "KGREP_TREE")))
(defvar asked 0)
(defvar failed 0)

(defun check (what is-right &optional told)
  (setq asked (1+ asked))
  (unless is-right
    (setq failed (1+ failed))
    (message "%s: %S" what told)))

(defun open-at (path text skip)
  "Visit PATH, with point SKIP letters into TEXT."
  (find-file (expand-file-name path tree))
  (goto-char (point-min))
  (search-forward text)
  (goto-char (+ (match-beginning 0) skip)))

(defun ask (method &rest more)
  (jsonrpc-request (eglot-current-server) method
                   (append (eglot--TextDocumentPositionParams) more)))

(defun lines (found)
  "The places of FOUND in words."
  (mapconcat (lambda (place)
               (let ((uri (or (plist-get place :uri) (plist-get place :targetUri)))
                     (range (or (plist-get place :range) (plist-get place :targetSelectionRange))))
                 (format "%s:%d" (file-relative-name (eglot--uri-to-path uri) tree)
                         (1+ (plist-get (plist-get range :start) :line)))))
             found " "))

(setq eglot-sync-connect 30
      eglot-autoshutdown nil
      make-backup-files nil
      create-lockfiles nil)

(open-at "fs/ext4/inode.c" "= kmem_cache_alloc(ext4" 8)
(c-mode)
(eglot '(c-mode) (cons 'transient tree) 'eglot-lsp-server (list (getenv "KGREP") "lsp") "c")
(check 'managed (eglot-managed-p))

;; As Emacs asks.
(let* ((found (xref-backend-definitions 'eglot (xref-backend-identifier-at-point 'eglot)))
       (place (and found (xref-item-location (car found)))))
  (check 'xref-definitions (and place (string-suffix-p "mm/slab.c" (xref-location-group place))) found))
(check 'xref-apropos (xref-backend-apropos 'eglot "pivot"))
(check 'imenu (funcall imenu-create-index-function))
(check 'completion
       (let ((capf (eglot-completion-at-point)))
         (and capf (all-completions "kmem" (nth 2 capf)))))

;; And every other request.
(let ((found (lines (ask :textDocument/definition))))
  (check 'definition (string-prefix-p "mm/slab.c" found) found))
(let ((found (lines (ask :textDocument/declaration))))
  (check 'declaration (string-prefix-p "include/linux/slab.h" found) found))
(check 'hover (string-match-p "kmem_cache_alloc"
                              (plist-get (plist-get (ask :textDocument/hover) :contents) :value)))
(check 'references (>= (length (ask :textDocument/references :context '(:includeDeclaration t))) 3))
(check 'highlight (= (length (ask :textDocument/documentHighlight)) 1))
(check 'symbols (>= (length (ask :textDocument/documentSymbol)) 6))
(check 'folds (>= (length (ask :textDocument/foldingRange)) 4))
(check 'links (= (length (ask :textDocument/documentLink)) 2))
(let ((item (elt (ask :textDocument/prepareCallHierarchy) 0)))
  (dolist (way '(:callHierarchy/incomingCalls :callHierarchy/outgoingCalls))
    (check way (vectorp (jsonrpc-request (eglot-current-server) way (list :item item))))))

(open-at "fs/ext4/inode.c" ".alloc_inode" 3)
(check 'implementation (string-prefix-p "fs/ext4/inode.c" (lines (ask :textDocument/implementation))))
(open-at "fs/ext4/inode.c" "ei->i_flags" 1)
(check 'type (string-prefix-p "fs/ext4/ext4.h" (lines (ask :textDocument/typeDefinition))))

(open-at "fs/ext4/inode.c" "kmem_cache_alloc(ext4_inode_cachep, GFP" 36)
(let ((help (ask :textDocument/signatureHelp)))
  (check 'signature (equal (plist-get help :activeParameter) 1) help))

;; An edit that isn't saved counts in the next answer.
(goto-char (point-max))
(insert "int edited(void)\n{\n\treturn may_mount();\n}\n")
(eglot--signal-textDocument/didChange)
(let ((found (jsonrpc-request (eglot-current-server) :workspace/symbol '(:query "edited"))))
  (check 'edit (equal (plist-get (elt found 0) :name) "edited") found))
(set-buffer-modified-p nil)

(eglot-shutdown (eglot-current-server) nil 10)
(message "%d asked, %d failed" asked failed)
(kill-emacs (if (zerop failed) 0 1))
